import { GridError, type IceServer } from '@manytabs/protocol';

const SHAPE =
  /^(stuns?|turns?):(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;
const CHARS_MAX = 400;

/**
 * Reads `turn:host:port?transport=udp,user,credential`, or `stun:host:port` alone. With a secret of the TURN server its
 * users are made when they are needed, and none is named here.
 * @throws {GridError} `ice-server-invalid`
 */
export function parseIceServer(text: string, hasSecret: boolean): IceServer {
  const [urls = '', username, ...rest] = text.split(',');
  // A credential may hold commas, a name may not.
  const credential = rest.length > 0 ? rest.join(',') : undefined;
  const shape = SHAPE.exec(urls);
  if (!shape || text.length > CHARS_MAX) {
    throw invalid(`${urls.slice(0, 80)} is no address such as turn:turn.example.org:3478.`);
  }
  const [, scheme = '', , port] = shape;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) {
    throw invalid(`${urls} names no port from 1 to 65535.`);
  }
  const isTurn = scheme.toLowerCase().startsWith('turn');
  if (!isTurn && username !== undefined) throw invalid(`${urls} takes no user: it relays nothing.`);
  if (!isTurn) return { urls };
  if (username === undefined && !hasSecret) {
    throw invalid(`${urls} needs a user and a credential, or a secret of the server.`);
  }
  if (username === undefined) return { urls };
  if (!username || !credential) throw invalid(`${urls} has a user without a credential, or none.`);
  return { urls, username, credential };
}

function invalid(why: string): GridError {
  return new GridError('ice-server-invalid', why);
}
