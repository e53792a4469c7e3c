/** 2000-01-01T00:00:00Z, when every execution begins. */
const EPOCH_MS = 946_684_800_000;
/** A clock that stood still would hold programs that wait for it. */
const TICK_MS = 0.001;

/** Time as every execution sees it: it moves by a microsecond each time it is read, and by what a task sleeps. */
export class TaskClock {
  #elapsedMs = 0;

  restart(): void {
    this.#elapsedMs = 0;
  }

  sleep(seconds: number): void {
    if (seconds > 0) this.#elapsedMs += seconds * 1000;
  }

  readonly now = (): number => {
    this.#elapsedMs += TICK_MS;
    return this.#elapsedMs;
  };

  readonly clock = (): number => EPOCH_MS + this.now();
}
