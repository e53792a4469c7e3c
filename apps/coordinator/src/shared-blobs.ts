import { GridError, type KeyValue } from '@manytabs/protocol';
import type { S3Blobs } from '@manytabs/storage/node';
import { blobsAt } from './remote-blobs.ts';

/** Where the large shards of the grid in a database are, if not in it. */
export const BLOBS_KEY = 'grid/blobs-at';

/**
 * The bucket of the servers on a database: what the first one that names any says holds for all of them, for good.
 * @throws {GridError} `input-invalid`, `blobs-unreachable`, `blobs-refused`, `usage` where the grid has another one
 */
export async function sharedBlobs(
  keyValue: KeyValue,
  address: string | undefined,
): Promise<S3Blobs | undefined> {
  const known = await addressIn(keyValue);
  if (address !== undefined && known !== undefined && address !== known) {
    throw new GridError('usage', `The data of this grid is at ${known}.`);
  }
  const used = address ?? known;
  if (used === undefined) return undefined;
  const blobs = blobsAt(used);
  await blobs.check();
  if (known === undefined) await write(keyValue, used);
  return blobs;
}

/** To read alone. */
export async function knownBlobs(keyValue: KeyValue): Promise<S3Blobs | undefined> {
  const known = await addressIn(keyValue);
  return known === undefined ? undefined : blobsAt(known);
}

async function addressIn(keyValue: KeyValue): Promise<string | undefined> {
  const found = await keyValue.get(BLOBS_KEY);
  return found && new TextDecoder().decode(found.value);
}

/** Where two servers name different ones at once, the second is refused. */
async function write(keyValue: KeyValue, address: string): Promise<void> {
  try {
    await keyValue.put(BLOBS_KEY, new TextEncoder().encode(address), { expected: 0 });
  } catch (thrown) {
    if (!(thrown instanceof GridError) || thrown.code !== 'version-conflict') throw thrown;
    await sharedBlobs(keyValue, address);
  }
}
