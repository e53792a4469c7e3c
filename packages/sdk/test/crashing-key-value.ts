import { GridError, type KeyValue } from '@manytabs/protocol';

/** A key-value store whose process dies before or after a write: from then on nothing is read or written through it. */
export class CrashingKeyValue implements KeyValue {
  readonly #inner: KeyValue;
  #writesLeft = Number.POSITIVE_INFINITY;
  #isDead = false;

  constructor(inner: KeyValue) {
    this.#inner = inner;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** After so many more writes; half a write is one that was done and never heard of. */
  crashAfter(writes: number): void {
    this.#writesLeft = writes;
  }

  async get(key: string) {
    this.#check();
    return this.#inner.get(key);
  }

  async list(prefix: string, options?: { after?: string | undefined; limit?: number | undefined }) {
    this.#check();
    return this.#inner.list(prefix, options);
  }

  put(key: string, value: Uint8Array, options: { readonly expected: number }): Promise<number> {
    return this.#write(() => this.#inner.put(key, value, options));
  }

  delete(key: string, expected: number): Promise<void> {
    return this.#write(() => this.#inner.delete(key, expected));
  }

  async watch(): Promise<() => void> {
    return () => {};
  }

  async close(): Promise<void> {}

  async #write<T>(write: () => Promise<T>): Promise<T> {
    this.#check();
    if (this.#writesLeft < 0.5) throw this.#die();
    this.#writesLeft -= 1;
    const done = await write();
    if (this.#writesLeft < 0) throw this.#die();
    return done;
  }

  #check(): void {
    if (this.#isDead) throw this.#die();
  }

  #die(): GridError {
    this.#isDead = true;
    return new GridError('storage-failed', 'The process died.');
  }
}
