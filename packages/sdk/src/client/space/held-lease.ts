import { GridError, toGridError } from '@manytabs/protocol';
import type { Lease } from './api.ts';

export interface HeldLeaseParts {
  readonly name: string;
  readonly token: number;
  readonly leaseMs: number;
  renew(): Promise<unknown>;
  release(): Promise<unknown>;
}

/** Renews three times a lease's length; by its own clock it is over no later than by the coordinator's. */
export class HeldLease implements Lease {
  readonly token: number;
  readonly #parts: HeldLeaseParts;
  readonly #lost = new AbortController();
  #beat: ReturnType<typeof setTimeout> | undefined;
  #end: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: HeldLeaseParts, askedAt: number) {
    this.#parts = parts;
    this.token = parts.token;
    this.#renewed(askedAt);
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    this.#stop();
    await this.#parts.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  /** What was asked for at `askedAt` lasts from then, whenever the answer came. */
  #renewed(askedAt: number): void {
    this.#stop();
    const { leaseMs } = this.#parts;
    const left = askedAt + leaseMs - performance.now();
    this.#beat = setTimeout(() => void this.#renew(), leaseMs / 3);
    this.#end = setTimeout(() => this.#lose(), Math.max(0, left));
  }

  async #renew(): Promise<void> {
    const askedAt = performance.now();
    try {
      await this.#parts.renew();
      if (!this.#lost.signal.aborted && this.#end !== undefined) this.#renewed(askedAt);
    } catch (thrown) {
      if (toGridError(thrown, 'internal').code === 'lock-lost') this.#lose();
    }
  }

  #lose(): void {
    this.#stop();
    this.#lost.abort(new GridError('lock-lost', `The lease on ${this.#parts.name} has ended.`));
  }

  #stop(): void {
    clearTimeout(this.#beat);
    clearTimeout(this.#end);
    this.#beat = this.#end = undefined;
  }
}
