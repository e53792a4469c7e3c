/** Reports of a run in their order. Those that take time to make, or to be told, delay the ones after them. */
export class ReportLine {
  readonly #slowness: number;
  #last: Promise<void> | undefined;

  /** `slowness`: for drills, reports come as late as if the machine were that much slower. */
  constructor(slowness: number) {
    this.#slowness = slowness;
  }

  push(busyMs: number, report: (paidMs: number) => void): void {
    const paidMs = busyMs * this.#slowness;
    if (this.#slowness === 1 && !this.#last) return report(paidMs);
    const ms = paidMs - busyMs;
    this.#chain(async () => {
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
      report(paidMs);
    });
  }

  /** Before what is pushed next; must not fail. */
  wait(work: () => Promise<void>): void {
    this.#chain(work);
  }

  #chain(work: () => Promise<void>): void {
    const last = (this.#last ?? Promise.resolve()).then(work);
    this.#last = last;
    void last.then(() => {
      if (this.#last === last) this.#last = undefined;
    });
  }
}
