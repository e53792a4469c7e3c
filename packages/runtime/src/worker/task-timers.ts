type Timer = ReturnType<typeof setTimeout>;

export interface TimerPorts {
  setTimeout(call: () => void, ms?: number): Timer;
  clearTimeout(timer: Timer): void;
}

/** The timers of the task that runs: they end with it, so that no task is disturbed by one before it. */
export class TaskTimers {
  readonly #ports: TimerPorts;
  readonly #running = new Set<Timer>();

  constructor(ports: TimerPorts) {
    this.#ports = ports;
  }

  /** `setTimeout` as a task knows it; text is no code here. */
  readonly set = (call: unknown, ms?: number, ...given: unknown[]): Timer | number => {
    if (typeof call !== 'function') return 0;
    const timer = this.#ports.setTimeout(() => {
      this.#running.delete(timer);
      call(...given);
    }, ms);
    this.#running.add(timer);
    return timer;
  };

  readonly clear = (timer: Timer): void => {
    if (this.#running.delete(timer)) this.#ports.clearTimeout(timer);
  };

  /** `AbortSignal.timeout` */
  readonly signal = (ms?: number): AbortSignal => {
    const controller = new AbortController();
    this.set(() => controller.abort(timedOut()), ms);
    return controller.signal;
  };

  /** What runs belongs to the module, and goes on. */
  release(): void {
    this.#running.clear();
  }

  end(): void {
    if (this.#running.size === 0) return;
    for (const timer of this.#running) this.#ports.clearTimeout(timer);
    this.#running.clear();
  }
}

function timedOut(): Error {
  return Object.assign(new Error('signal timed out'), { name: 'TimeoutError' });
}
