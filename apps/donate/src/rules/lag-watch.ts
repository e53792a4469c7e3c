const LATE_MS = 400;
const LOOKS = 10;
const LATE_MIN = 5;

/** Where the browser does not tell of pressure: whether the page's own clock is late most of the time. */
export class LagWatch {
  readonly #late: boolean[] = [];
  #dueAt: number | undefined;

  /** A look that was due `everyMs` after the last. */
  look(now: number, everyMs: number): boolean {
    if (this.#dueAt !== undefined) this.#late.push(now - this.#dueAt > LATE_MS);
    if (this.#late.length > LOOKS) this.#late.shift();
    this.#dueAt = now + everyMs;
    return this.#late.filter(Boolean).length >= LATE_MIN;
  }

  /** A hidden page's clock is late by design. */
  skip(): void {
    this.#dueAt = undefined;
  }
}
