interface IdleWatcher extends EventTarget {
  readonly userState: 'active' | 'idle' | null;
  start(options: { threshold: number }): Promise<void>;
}

interface IdleMaker {
  new (): IdleWatcher;
  requestPermission(): Promise<string>;
}

const THRESHOLD_MS = 60_000;

/** Whether anybody uses this device, where the browser tells and the person let it. */
export class IdleSense {
  readonly #maker = (globalThis as { IdleDetector?: IdleMaker }).IdleDetector;
  #isIdle: boolean | undefined;

  get canAsk(): boolean {
    return this.#maker !== undefined && this.#isIdle === undefined;
  }

  get isIdle(): boolean | undefined {
    return this.#isIdle;
  }

  /** Call from a click: the browser asks the person. */
  async ask(onChange: () => void): Promise<void> {
    if (!this.#maker || (await this.#maker.requestPermission()) !== 'granted') return;
    const watcher = new this.#maker();
    const read = () => {
      this.#isIdle = watcher.userState === 'idle';
      onChange();
    };
    watcher.addEventListener('change', read);
    await watcher.start({ threshold: THRESHOLD_MS });
    read();
  }
}
