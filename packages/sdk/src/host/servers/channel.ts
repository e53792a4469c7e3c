import { GridError, type Lane, type Link, type PeerId } from '@manytabs/protocol';

export interface ChannelPipe {
  write(lane: Lane, message: Uint8Array): void;
  bufferedBytes(): number;
  ready(): Promise<void>;
  earn(answers: number): void;
  /** Tells the other server that this channel is over. */
  end(reason: GridError): void;
}

/** One of many links over the wire between two servers. */
export class Channel implements Link {
  readonly address = undefined;
  readonly origin = undefined;
  readonly binding = undefined;
  readonly road = 'websocket';
  readonly peer: PeerId;
  readonly #pipe: ChannelPipe;
  readonly #closers: ((reason: GridError) => void)[] = [];
  #listener: ((lane: Lane, message: Uint8Array) => void) | undefined;
  #early: { readonly lane: Lane; readonly message: Uint8Array }[] = [];
  #onEarned: (answers: number) => void = () => {};
  #reason: GridError | undefined;

  constructor(peer: PeerId, pipe: ChannelPipe) {
    this.peer = peer;
    this.#pipe = pipe;
  }

  send(lane: Lane, message: Uint8Array): void {
    if (!this.#reason) this.#pipe.write(lane, message);
  }

  queuedBytes(): number {
    return this.#pipe.bufferedBytes();
  }

  ready(): Promise<void> {
    return this.#pipe.ready();
  }

  onMessage(listener: (lane: Lane, message: Uint8Array) => void): void {
    this.#listener = listener;
    for (const { lane, message } of this.#early.splice(0)) listener(lane, message);
  }

  /** The tab behind the channel was asked for so many answers. */
  earn(answers: number): void {
    if (!this.#reason) this.#pipe.earn(answers);
  }

  onEarned(listener: (answers: number) => void): void {
    this.#onEarned = listener;
  }

  earned(answers: number): void {
    this.#onEarned(answers);
  }

  onClose(listener: (reason: GridError) => void): void {
    if (this.#reason) listener(this.#reason);
    else this.#closers.push(listener);
  }

  close(reason: GridError = new GridError('closed', 'It was closed.')): void {
    if (this.#reason) return;
    this.#pipe.end(reason);
    this.lost(reason);
  }

  received(lane: Lane, message: Uint8Array): void {
    if (this.#listener) this.#listener(lane, message);
    else this.#early.push({ lane, message });
  }

  /** The other server, or the wire, ended it. */
  lost(reason: GridError): void {
    if (this.#reason) return;
    this.#reason = reason;
    for (const close of this.#closers.splice(0)) close(reason);
  }
}
