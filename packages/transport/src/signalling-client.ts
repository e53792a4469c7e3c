import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { GridError, hex, type PeerId } from '@manytabs/protocol';
import { WebSocket } from 'ws';
import { backOffMs } from './back-off.ts';
import { WS_OPTIONS } from './node-socket.ts';
import {
  fromServerSchema,
  parseJson,
  type RelayedSignal,
  type ServerSignal,
  type SignalChannel,
} from './signals.ts';

export interface SignallingClientOptions {
  readonly self: PeerId;
  /** Where PeerJS's path ends in `peerjs`: `ws://host:port/peerjs`. */
  readonly url: string;
  readonly key?: string | undefined;
}

const HEARTBEAT_MS = 5_000;
/** An id is free again soon after its last holder went; somebody else's is not. */
const TAKEN_ATTEMPTS_MAX = 5;

/** Keeps one WebSocket to a signalling server open, and opens the next when it is lost. */
export class SignallingClient implements SignalChannel {
  readonly self: PeerId;
  readonly #url: string;
  readonly #listeners: ((signal: ServerSignal) => void)[] = [];
  #waiting: { resolve(): void; reject(reason: GridError): void }[] = [];
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOpen = false;
  #isClosed = false;
  #failures = 0;
  #taken = 0;

  constructor({ self, url, key = 'peerjs' }: SignallingClientOptions) {
    this.self = self;
    const address = new URL(url);
    address.searchParams.set('key', key);
    address.searchParams.set('id', self);
    address.searchParams.set('token', hex(randomBytes(16)));
    this.#url = address.href;
    this.#open();
  }

  opened(): Promise<void> {
    if (this.#isOpen) return Promise.resolve();
    if (this.#isClosed) return Promise.reject(closed());
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  send(signal: RelayedSignal): void {
    if (this.#isOpen) this.#socket?.send(JSON.stringify(signal));
  }

  onSignal(listener: (signal: ServerSignal) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isOpen = false;
    clearTimeout(this.#timer);
    this.#reject(closed());
    const socket = this.#socket;
    if (!socket || socket.readyState === socket.CLOSED) return;
    socket.close();
    await once(socket, 'close');
  }

  #open(): void {
    const socket = new WebSocket(this.#url, WS_OPTIONS);
    this.#socket = socket;
    // Without a listener a refused handshake would end the process; `close` follows.
    socket.on('error', () => {});
    socket.on('message', (data) => this.#take(parseJson(String(data))));
    socket.on('close', () => this.#lost());
  }

  #take(message: unknown): void {
    const signal = fromServerSchema.safeParse(message);
    if (!signal.success) return;
    if (signal.data.type === 'OPEN') this.#opened();
    if (signal.data.type === 'ID-TAKEN') this.#taken++;
    for (const listener of this.#listeners) listener(signal.data);
  }

  #opened(): void {
    this.#isOpen = true;
    this.#failures = this.#taken = 0;
    this.#beat();
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  #beat(): void {
    this.#timer = setTimeout(() => {
      this.#socket?.send('{"type":"HEARTBEAT"}');
      this.#beat();
    }, HEARTBEAT_MS);
  }

  #lost(): void {
    this.#isOpen = false;
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    if (this.#taken === 0)
      this.#reject(new GridError('unreachable', 'No signalling server answers.'));
    if (this.#taken >= TAKEN_ATTEMPTS_MAX) {
      this.#reject(new GridError('identity-in-use', `Another endpoint is called ${this.self}.`));
    }
    this.#timer = setTimeout(() => this.#open(), backOffMs(this.#failures++));
  }

  #reject(reason: GridError): void {
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }
}

function closed(): GridError {
  return new GridError('closed', 'The signalling channel was closed.');
}
