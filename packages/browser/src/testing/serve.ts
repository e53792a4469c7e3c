import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

// Files served from memory: what browser tests of any package need.

/** An answer served from memory; `policy` is its Content-Security-Policy, in which `{host}` is whom was asked. */
export interface Served {
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly policy?: string;
}

export interface FileServer {
  /** `http://HOST:PORT`, where HOST is 127.0.0.1 unless another was asked for. */
  readonly origin: string;
  readonly port: number;
  /** Every request so far: `METHOD /path`. Web sockets are `UPGRADE /path`. */
  readonly hits: readonly string[];
  /** Every connection so far. */
  readonly sockets: ReadonlySet<Socket>;
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly host?: string;
  /** What becomes of a web socket; none is taken unless this does. */
  readonly upgrade?: (request: IncomingMessage, socket: Socket, head: Buffer) => void;
}

export async function serve(
  files: Readonly<Record<string, Served>>,
  { host = '127.0.0.1', upgrade = (_, socket) => socket.destroy() }: ServeOptions = {},
): Promise<FileServer> {
  const hits: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    hits.push(`${request.method} ${request.url}`);
    answer(files, request, response);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('upgrade', (request, socket: Socket, head) => {
    hits.push(`UPGRADE ${request.url}`);
    upgrade(request, socket, head);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => end(server, sockets);
  return { origin: `http://${host}:${port}`, port, hits, sockets, close };
}

function answer(
  files: Readonly<Record<string, Served>>,
  { url = '/', headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const file = files[url.split('?')[0] ?? '/'];
  response.setHeader('access-control-allow-origin', '*');
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  const policy = file.policy?.replaceAll('{host}', headers.host ?? '');
  if (policy) response.setHeader('content-security-policy', policy);
  response.setHeader('content-type', file.type);
  response.end(file.body);
}

function end(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}
