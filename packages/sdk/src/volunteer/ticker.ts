/**
 * One timer that keeps its time in a hidden tab: a page's own timers may fire once a minute there, a worker's do not.
 * Falls back to the page's timer where the worker cannot start.
 */
export class Ticker {
  readonly #onTick: () => void;
  readonly #worker: Worker | undefined;
  #isClosed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(onTick: () => void) {
    this.#onTick = onTick;
    this.#worker = startWorker(() => this.#tick());
  }

  /** Ticks after so long, or before: a wish that is later than the one that waits costs no message. */
  after(ms: number): void {
    const dueAt = performance.now() + ms;
    if (this.#isClosed || dueAt >= this.#dueAt) return;
    this.#dueAt = dueAt;
    if (this.#worker) return this.#worker.postMessage(ms);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tick(), ms);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#worker?.terminate();
  }

  #tick(): void {
    this.#dueAt = Number.POSITIVE_INFINITY;
    this.#onTick();
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
