import type { Prng, Timers } from '@manytabs/protocol';
import type { EventQueue } from '../event-queue.ts';

export interface ProcessTraits {
  /** How fast its clock goes: 1 is as the world's. */
  readonly rate: number;
  /** How far its calendar is from the world's, in ms. */
  readonly skewMs: number;
}

/** How a process ends: after so many more calls of its store, and whether the last one is still carried out there. */
interface Death {
  calls: number;
  readonly isDone: boolean;
}

/**
 * One run of a program: its clock, and what reaches it. Nothing happens in it while it is frozen, and never again after
 * its death, whatever was on its way to it.
 */
export class Process {
  readonly timers: Timers;
  readonly #queue: EventQueue;
  readonly #traits: ProcessTraits;
  readonly #onDeath: () => void;
  #waiting: (() => void)[] = [];
  #isFrozen = false;
  #isDead = false;
  #death: Death | undefined;
  #setBackMs = 0;

  constructor(queue: EventQueue, traits: ProcessTraits, onDeath: () => void) {
    this.#queue = queue;
    this.#traits = traits;
    this.#onDeath = onDeath;
    this.timers = {
      now: () => queue.now * traits.rate,
      after: (ms, run) => this.#after(ms, run),
      nextTurn: () => new Promise((resolve) => this.#after(0, resolve)),
    };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** What its calendar says. */
  clock(): number {
    const { rate, skewMs } = this.#traits;
    return Math.floor(this.#queue.now * rate + skewMs - this.#setBackMs);
  }

  setClockBack(ms: number): void {
    this.#setBackMs += ms;
  }

  /** Lets something happen in it, when it can. */
  happen(run: () => void): void {
    if (this.#isDead) return;
    if (this.#isFrozen) this.#waiting.push(run);
    else run();
  }

  freeze(ms: number): void {
    if (this.#isFrozen || this.#isDead) return;
    this.#isFrozen = true;
    this.#queue.after(ms, () => this.#thaw());
  }

  kill(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    this.#waiting = [];
    this.#onDeath();
  }

  killAfterCalls(calls: number, prng: Prng): void {
    this.#death ??= { calls, isDone: prng.chance(0.5) };
  }

  /** It calls its store. False where it died before that left it. */
  call(): boolean {
    if (this.#isDead) return false;
    if (!this.#death || --this.#death.calls > 0) return true;
    this.kill();
    return this.#death.isDone;
  }

  #after(ms: number, run: () => void): () => void {
    const timer = this.#queue.after(Math.max(0, ms) / this.#traits.rate, () =>
      this.happen(() => {
        if (!isCancelled) run();
      }),
    );
    let isCancelled = false;
    return () => {
      isCancelled = true;
      timer.run = undefined;
    };
  }

  #thaw(): void {
    this.#isFrozen = false;
    for (const run of this.#waiting.splice(0)) this.happen(run);
  }
}
