import { GridError } from '@manytabs/protocol';

/** Where a PeerServer listens, as PeerJS wants it said. */
export interface SignallingAddress {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly key: string;
  readonly secure: boolean;
}

/**
 * Reads the address of a PeerServer, for example `https://0.peerjs.com/` or `http://10.0.0.5:9000/grid?key=lab`. Of a
 * grid's server it is the grid's own address.
 * @throws {GridError} `unreachable` where it is none
 */
export function signallingAddress(text: string): SignallingAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new GridError('unreachable', `${text.slice(0, 100)} is not the address of a PeerServer.`);
  const secure = url.protocol === 'https:';
  return {
    host: url.hostname,
    port: Number(url.port) || (secure ? 443 : 80),
    path: url.pathname,
    key: url.searchParams.get('key') ?? 'peerjs',
    secure,
  };
}
