import type { Wire as ServerWire } from 'manytabs/host';
import type { Direction, Wire } from '../wire.ts';
import type { Process } from './process.ts';

/** One end of the connection between two servers. */
export class WireEnd implements ServerWire {
  readonly #process: Process;
  readonly #direction: Direction;
  #wire: Wire | undefined;
  #other: WireEnd | undefined;
  #onMessage: ((message: Uint8Array) => void) | undefined;
  #early: Uint8Array[] = [];
  readonly #closers: (() => void)[] = [];
  #isClosed = false;

  constructor(process: Process, direction: Direction) {
    this.#process = process;
    this.#direction = direction;
  }

  join(wire: Wire, other: WireEnd): void {
    this.#wire = wire;
    this.#other = other;
  }

  send(message: Uint8Array): void {
    if (this.#isClosed || this.#process.isDead) return;
    const copy = message.slice();
    this.#wire?.send(this.#direction, () => this.#other?.receive(copy));
  }

  receive(message: Uint8Array): void {
    this.#process.happen(() => {
      if (this.#isClosed) return;
      if (this.#onMessage) this.#onMessage(message);
      else this.#early.push(message);
    });
  }

  bufferedBytes(): number {
    return 0;
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  onMessage(listener: (message: Uint8Array) => void): void {
    this.#onMessage = listener;
    // Whoever listens is not called before it is done with that.
    const early = this.#early.splice(0);
    for (const message of early) queueMicrotask(() => listener(message));
  }

  onClose(listener: () => void): void {
    if (this.#isClosed) listener();
    else this.#closers.push(listener);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#wire?.close(this.#direction === 'up' ? 'tab' : 'host');
    this.#end();
  }

  lost(): void {
    this.#process.happen(() => this.#end());
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const close of this.#closers) close();
  }
}
