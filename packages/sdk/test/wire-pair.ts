import type { Wire } from '../src/host/servers/wire.ts';

/** Two ends of a wire in memory. */
export function wirePair(): [Wire, Wire] {
  const ends = [new End(), new End()] as const;
  ends[0].other = ends[1];
  ends[1].other = ends[0];
  return [ends[0], ends[1]];
}

class End implements Wire {
  other: End | undefined;
  #onMessage: (message: Uint8Array) => void = () => {};
  #onClose: () => void = () => {};
  #isClosed = false;

  send(message: Uint8Array): void {
    const copy = message.slice();
    queueMicrotask(() => {
      if (!this.#isClosed) this.other?.receive(copy);
    });
  }

  receive(message: Uint8Array): void {
    this.#onMessage(message);
  }

  bufferedBytes(): number {
    return 0;
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  onMessage(listener: (message: Uint8Array) => void): void {
    this.#onMessage = listener;
  }

  onClose(listener: () => void): void {
    this.#onClose = listener;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    queueMicrotask(() => {
      this.#onClose();
      this.other?.close();
    });
  }
}
