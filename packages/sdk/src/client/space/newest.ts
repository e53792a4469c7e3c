import type { GridError } from '@manytabs/protocol';

/** Hands on the newest value only: who is slow skips what is old. */
export class Newest<Value> implements AsyncIterable<Value> {
  readonly #signal: AbortSignal | undefined;
  #waiting: Value[] = [];
  #failure: GridError | undefined;
  #wake: () => void = () => {};

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  put(value: Value): void {
    this.#waiting = [value];
    this.#wake();
  }

  fail(reason: GridError): void {
    this.#failure = reason;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Value> {
    const abort = () => this.#wake();
    this.#signal?.addEventListener('abort', abort);
    try {
      while (!this.#signal?.aborted) {
        const [value] = this.#waiting.splice(0);
        if (value !== undefined) yield value;
        else if (this.#failure) throw this.#failure;
        else await this.#change();
      }
    } finally {
      this.#signal?.removeEventListener('abort', abort);
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
