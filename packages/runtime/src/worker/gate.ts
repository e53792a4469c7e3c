import { BOUNDS } from '../shared/bounds.ts';
import { restMs } from '../shared/rest.ts';
import { natives, sleep, turn } from './natives.ts';

/** Where a run lets messages in: it rests there, may be held, or told to stop. */
export class Gate {
  #held = false;
  #stopped = false;
  #duty = 1;
  #open: (() => void) | undefined;
  /** When the work at hand began, and how much of it earlier runs did since the last rest. */
  #enteredAt = natives.now();
  #workedMs = 0;

  hold(): void {
    this.#held = true;
    this.#open?.();
  }

  go(): void {
    this.#held = false;
    this.#open?.();
  }

  stop(): void {
    this.#stopped = true;
    this.#open?.();
  }

  /** Of all time, the share that may be work. */
  setDuty(duty: number): void {
    this.#duty = duty;
  }

  /** A run is about to begin; nothing was worked since the last one left. */
  reset(): void {
    this.#stopped = false;
    this.#enteredAt = natives.now();
  }

  enter(): void {
    this.#enteredAt = natives.now();
  }

  leave(): void {
    this.#workedMs += natives.now() - this.#enteredAt;
  }

  get isDue(): boolean {
    const sliceMs = this.#duty < 1 ? BOUNDS.SLICE_MS : BOUNDS.TURN_MS;
    return this.#workedMs + natives.now() - this.#enteredAt >= sliceMs;
  }

  /** Whether the run goes on. */
  async pass(): Promise<boolean> {
    this.leave();
    await turn();
    await this.#rest(restMs(this.#workedMs, this.#duty));
    this.#workedMs = 0;
    while (this.#held && !this.#stopped) await this.#wait();
    this.enter();
    return !this.#stopped;
  }

  /** In the middle of a task, which lets nothing in meanwhile: rests where that is due. Gives back for how long, in ms. */
  breathe(): number {
    if (this.#duty >= 1 || !sleep || !this.isDue) return 0;
    this.leave();
    const ms = restMs(this.#workedMs, this.#duty);
    sleep(ms);
    this.#workedMs = 0;
    this.enter();
    return ms;
  }

  /** To its end, or until the run is held or stopped. */
  async #rest(ms: number): Promise<void> {
    if (ms === 0 || this.#held || this.#stopped) return;
    await new Promise<void>((resolve) => {
      const timer = natives.setTimeout(resolve, ms);
      this.#open = () => {
        natives.clearTimeout(timer);
        resolve();
      };
    });
  }

  #wait(): Promise<void> {
    natives.post({ type: 'held' });
    return new Promise((resolve) => {
      this.#open = resolve;
    });
  }
}
