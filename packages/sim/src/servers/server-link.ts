import { GridError, type Lane, type Link, type PeerId } from '@manytabs/protocol';
import type { Wire } from '../wire.ts';
import type { Process } from './process.ts';

/** The server's end of a link to a tab or a submitter, over a made-up wire. */
export class ServerLink implements Link {
  readonly road = 'memory';
  readonly address = undefined;
  readonly origin = undefined;
  readonly binding = undefined;
  readonly peer: PeerId;
  readonly #wire: Wire;
  readonly #process: Process;
  readonly #deliver: (frame: Uint8Array) => void;
  readonly #closers: ((reason: GridError) => void)[] = [];
  #listener: (lane: Lane, frame: Uint8Array) => void = () => {};
  #isClosed = false;

  constructor(
    peer: PeerId,
    ends: { wire: Wire; process: Process; deliver: (frame: Uint8Array) => void },
  ) {
    this.peer = peer;
    this.#wire = ends.wire;
    this.#process = ends.process;
    this.#deliver = ends.deliver;
  }

  send(_lane: Lane, frame: Uint8Array): void {
    if (this.#isClosed || this.#process.isDead) return;
    this.#wire.send('down', () => this.#deliver(frame));
  }

  queuedBytes(): number {
    return 0;
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  onMessage(listener: (lane: Lane, frame: Uint8Array) => void): void {
    this.#listener = listener;
  }

  onClose(listener: (reason: GridError) => void): void {
    this.#closers.push(listener);
  }

  close(reason: GridError = new GridError('closed', 'It was closed.')): void {
    if (this.#isClosed) return;
    this.#wire.close('host');
    this.#end(reason);
  }

  /** A frame has come over the wire. */
  receive(frame: Uint8Array): void {
    this.#process.happen(() => {
      if (!this.#isClosed) this.#listener('control', frame);
    });
  }

  /** The wire is gone. */
  lost(): void {
    const reason = new GridError('connection-lost', 'The link broke.');
    this.#process.happen(() => this.#end(reason));
  }

  #end(reason: GridError): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const close of this.#closers) close(reason);
  }
}
