/** Time that goes on at its own pace when the clock that it is read from is set back. */
export class SteadyClock {
  readonly #read: () => number;
  #lastRead: number;
  /** What the clock was set back by, all together. */
  #ahead = 0;

  constructor(read: () => number) {
    this.#read = read;
    this.#lastRead = read();
  }

  now(): number {
    const read = this.#read();
    if (read < this.#lastRead) this.#ahead += this.#lastRead - read;
    this.#lastRead = read;
    return read + this.#ahead;
  }
}
