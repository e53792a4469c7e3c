import { GridError } from '@manytabs/protocol';

/** A file that a sample is made of, from the grid's own server. @throws {GridError} `unreachable` */
export async function fetchAsset(url: string, name: string): Promise<Uint8Array> {
  const response = await fetch(new URL(`/samples/${name}`, url));
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  throw new GridError('unreachable', `The grid answers ${response.status} to /samples/${name}.`);
}
