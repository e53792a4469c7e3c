import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GridError, LIMITS } from '@manytabs/protocol';
import type { Dial, Wire } from 'manytabs/host';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

export const SERVERS_PATH = '/servers';

const OPTIONS = { perMessageDeflate: false, maxPayload: LIMITS.BULK_BYTES_MAX + 1024 } as const;
const CONNECT_MS = 5_000;
const HIGH_WATER_BYTES = 4 * 1024 * 1024;
const PING_MS = 2_000;

/** Servers know each other by what only they and the grid's owner can know. */
function secretOf(token: string): string {
  return createHash('sha256').update(`servers of ${token}`).digest('hex');
}

/** Makes wires to other servers of the grid with this token. */
export function serverDial(token: string): Dial {
  return (address) =>
    new Promise((resolve, reject) => {
      const url = new URL(SERVERS_PATH, address);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      const headers = { authorization: `Bearer ${secretOf(token)}` };
      const socket = new WebSocket(url, { ...OPTIONS, handshakeTimeout: CONNECT_MS, headers });
      socket.once('open', () => resolve(wireOver(socket)));
      socket.once('error', (cause) => {
        reject(new GridError('unreachable', `${address}: ${cause.message}`, { cause }));
      });
    });
}

/** Takes the wires that other servers make to this one. */
export class ServerEndpoint {
  readonly #server = new WebSocketServer({ ...OPTIONS, noServer: true });
  readonly #secret: Buffer;
  readonly #accept: (wire: Wire) => void;

  constructor(token: string, accept: (wire: Wire) => void) {
    this.#secret = Buffer.from(`Bearer ${secretOf(token)}`);
    this.#accept = accept;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const given = Buffer.from(request.headers.authorization ?? '');
    const isOurs = given.length === this.#secret.length && timingSafeEqual(given, this.#secret);
    if (!isOurs) {
      socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#accept(wireOver(opened)));
  }

  close(): void {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }
}

function wireOver(socket: WebSocket): Wire {
  const waiting = new Set<() => void>();
  const release = () => {
    if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount > HIGH_WATER_BYTES) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  // What breaks it is told by `close`.
  socket.on('error', () => {});
  socket.once('close', release);
  endIfSilent(socket);
  // The first message may come in one packet with the handshake, before anybody listens.
  socket.pause();
  return {
    send: (message) => socket.send(message, release),
    bufferedBytes: () => socket.bufferedAmount,
    ready: () =>
      new Promise((resolve) => {
        waiting.add(resolve);
        release();
      }),
    onMessage: (listener) => {
      socket.on('message', (data) => listener(bytesOf(data)));
      socket.resume();
    },
    onClose: (listener) => {
      if (socket.readyState === WebSocket.CLOSED) listener();
      else socket.once('close', () => listener());
    },
    close: () => socket.close(),
  };
}

/** A network that loses everything closes nothing: only a ping without an answer tells. */
function endIfSilent(socket: WebSocket): void {
  let isHeard = true;
  socket.on('pong', () => {
    isHeard = true;
  });
  const timer = setInterval(() => {
    if (!isHeard) return socket.terminate();
    isHeard = false;
    socket.ping();
  }, PING_MS).unref();
  socket.once('close', () => clearInterval(timer));
}

function bytesOf(data: RawData): Uint8Array {
  const buffer = Buffer.isBuffer(data) ? data : Buffer.concat([data].flat() as Buffer[]);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
