import { type GridError, toGridError } from '@manytabs/protocol';

/** What is known of a remote value: never silently old. */
export interface Known<T> {
  readonly value: T | undefined;
  /** When `value` arrived, ms since epoch. */
  readonly at: number | undefined;
  /** Why the newest attempt failed, while it did. */
  readonly error: GridError | undefined;
}

/** What takes long to answer is asked for less often: the page rests so many times as long. */
const REST = 4;

/**
 * A remote value asked for again and again while somebody looks at it. One request at a time: an answer that hangs
 * makes the value old, which the page shows.
 */
export class LiveQuery<T> {
  readonly #fetch: () => Promise<T>;
  readonly #everyMs: number;
  readonly #listeners = new Set<() => void>();
  #known: Known<T> = { value: undefined, at: undefined, error: undefined };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;

  constructor(fetch: () => Promise<T>, everyMs: number) {
    this.#fetch = fetch;
    this.#everyMs = everyMs;
  }

  get known(): Known<T> {
    return this.#known;
  }

  readonly getKnown = (): Known<T> => this.#known;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) void this.#ask(); // failures end up in `known`
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) clearTimeout(this.#timer);
    };
  };

  /** Asks now, for example after a command that changed the value. */
  refresh(): void {
    clearTimeout(this.#timer);
    void this.#ask(); // failures end up in `known`
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const began = Date.now();
    try {
      this.#know({ value: await this.#fetch(), at: Date.now(), error: undefined });
    } catch (thrown) {
      this.#know({ ...this.#known, error: toGridError(thrown, 'connection-lost') });
    } finally {
      this.#asking = false;
      this.#schedule(Math.max(this.#everyMs, REST * (Date.now() - began)));
    }
  }

  #know(known: Known<T>): void {
    this.#known = known;
    for (const listener of this.#listeners) listener();
  }

  #schedule(afterMs: number): void {
    clearTimeout(this.#timer);
    if (this.#listeners.size === 0) return;
    this.#timer = setTimeout(() => void this.#ask(), afterMs); // failures end up in `known`
  }
}
