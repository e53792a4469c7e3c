/**
 * One timer that keeps its time in a hidden tab: a page's own timers may fire once a minute there, a worker's do not.
 * Falls back to the page's timer where the worker cannot start.
 */
export class Ticker {
  readonly #onTick: () => void;
  readonly #worker: Worker | undefined;
  #isClosed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onTick: () => void) {
    this.#onTick = onTick;
    this.#worker = startWorker(onTick);
  }

  /** Replaces the last wish. */
  after(ms: number): void {
    if (this.#isClosed) return;
    if (this.#worker) return this.#worker.postMessage(ms);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onTick, ms);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#worker?.terminate();
  }
}

function startWorker(onTick: () => void): Worker | undefined {
  try {
    const worker = new Worker(new URL('./ticker-worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = onTick;
    return worker;
  } catch {
    return undefined;
  }
}
