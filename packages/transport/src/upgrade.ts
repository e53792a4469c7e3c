import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { withoutOwn } from './own-address.ts';

const REASONS = {
  '400 Bad Request': true,
  '403 Forbidden': true,
  '404 Not Found': true,
  '421 Misdirected Request': true,
  '429 Too Many Requests': true,
  '503 Service Unavailable': true,
} as const;

/** Refuses a WebSocket before its handshake. */
export function refuseUpgrade(socket: Duplex, status: keyof typeof REASONS): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

export function queryOf(request: IncomingMessage): URLSearchParams | undefined {
  const address = `http://host${request.url ?? '/'}`;
  return URL.canParse(address) ? new URL(address).searchParams : undefined;
}

export function remoteAddress(request: IncomingMessage): string {
  return withoutOwn(request.socket.remoteAddress) ?? 'unknown';
}

/** How many of something each address holds. */
export class AddressCount {
  readonly #counts = new Map<string, number>();

  of(address: string): number {
    return this.#counts.get(address) ?? 0;
  }

  add(address: string, change: 1 | -1): void {
    const count = this.of(address) + change;
    if (count > 0) this.#counts.set(address, count);
    else this.#counts.delete(address);
  }
}
