const GAP_MS = 10_000;

/** Says the newest state in a live region, at most once in ten seconds, so that a screen reader is not flooded. */
export class Announcer {
  #said = '';
  #saidAt = Number.NEGATIVE_INFINITY;
  #pending: string | undefined;

  /** A thing to say; `urgent` does not wait its turn. */
  offer(text: string, urgent: boolean): void {
    this.#pending = text === this.#said ? undefined : text;
    if (urgent) this.#saidAt = Number.NEGATIVE_INFINITY;
  }

  /** What to say now, if anything. */
  take(at: number): string | undefined {
    if (this.#pending === undefined || at < this.#saidAt + GAP_MS) return undefined;
    this.#said = this.#pending;
    this.#saidAt = at;
    this.#pending = undefined;
    return this.#said;
  }

  /** When to ask again, in ms from `at`; undefined if nothing is pending. */
  wait(at: number): number | undefined {
    return this.#pending === undefined ? undefined : Math.max(0, this.#saidAt + GAP_MS - at);
  }
}
