import { BOUNDS } from '../shared/bounds.ts';
import { natives, turn } from './natives.ts';

/** Where a run lets messages in: it may be held there, or told to stop. */
export class Gate {
  #held = false;
  #stopped = false;
  #open: (() => void) | undefined;
  #passedAt = natives.now();

  hold(): void {
    this.#held = true;
  }

  go(): void {
    this.#held = false;
    this.#open?.();
  }

  stop(): void {
    this.#stopped = true;
    this.#open?.();
  }

  reset(): void {
    this.#stopped = false;
  }

  get isDue(): boolean {
    return natives.now() - this.#passedAt >= BOUNDS.TURN_MS;
  }

  /** Whether the run goes on. */
  async pass(): Promise<boolean> {
    await turn();
    while (this.#held && !this.#stopped) await this.#wait();
    this.#passedAt = natives.now();
    return !this.#stopped;
  }

  #wait(): Promise<void> {
    natives.post({ type: 'held' });
    return new Promise((resolve) => {
      this.#open = resolve;
    });
  }
}
