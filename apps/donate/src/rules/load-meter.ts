const WINDOW_MS = 10_000;

interface Busy {
  readonly from: number;
  readonly to: number;
}

/** How many cores' worth of work there was in the last ten seconds, from reports of work that has just ended. */
export class LoadMeter {
  #busy: Busy[] = [];

  add(busyMs: number, at: number): void {
    if (busyMs > 0) this.#busy.push({ from: at - busyMs, to: at });
    this.#forget(at);
  }

  /** Cores, on average over the window. */
  cores(at: number): number {
    this.#forget(at);
    const since = at - WINDOW_MS;
    const sum = this.#busy.reduce((ms, { from, to }) => ms + to - Math.max(from, since), 0);
    return sum / WINDOW_MS;
  }

  #forget(at: number): void {
    this.#busy = this.#busy.filter(({ to }) => to > at - WINDOW_MS);
  }
}
