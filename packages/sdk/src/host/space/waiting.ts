import { GridError } from '@manytabs/protocol';

/** Rings are not lost between a look and the wait that follows it. */
export class Bell {
  #ring: () => void = () => {};
  #rung: Promise<void> = Promise.resolve();

  constructor() {
    this.reset();
  }

  /** To be called before looking. */
  reset(): void {
    this.#rung = new Promise((resolve) => {
      this.#ring = resolve;
    });
  }

  ring(): void {
    this.#ring();
  }

  /** Resolves at a ring since `reset`, or after `ms`. @throws {GridError} `aborted` */
  async next(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, stop } = timer(ms, signal);
    try {
      await Promise.race([this.#rung, promise]);
    } finally {
      stop();
    }
  }
}

/** A timer cannot be set further ahead. */
const TIMER_MS_MAX = 60_000;

function timer(ms: number, signal: AbortSignal) {
  const given = new AbortController();
  const promise = new Promise<void>((resolve, reject) => {
    const abort = () => reject(new GridError('aborted', 'Whoever waited has gone.'));
    if (signal.aborted) return abort();
    const handle = setTimeout(resolve, Math.min(Math.max(ms, 1), TIMER_MS_MAX));
    signal.addEventListener('abort', abort, { signal: given.signal });
    given.signal.addEventListener('abort', () => clearTimeout(handle));
  });
  // The race may be over before it is refused.
  promise.catch(() => {});
  return { promise, stop: () => given.abort() };
}
