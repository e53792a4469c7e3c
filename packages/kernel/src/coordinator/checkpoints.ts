import type { Lease } from './lease-table.ts';

const KEPT_MAX = 64;
const GAP_MS = 400;

interface Checkpoint {
  readonly index: number;
  readonly state: Uint8Array;
  readonly at: number;
}

/**
 * Where tasks of a job would go on from. Only jobs that ask for one result of each task keep any: a copy that goes on
 * from another's work is no independent vote on it.
 */
export class Checkpoints {
  readonly #kept = new Map<number, Checkpoint>();

  keep({ job }: Lease, checkpoint: Checkpoint): void {
    const { index, at } = checkpoint;
    if (job.tier || job.quorum.minQuorum > 1) return;
    const before = this.#kept.get(index);
    if (before && at - before.at < GAP_MS) return;
    this.#kept.delete(index);
    this.#kept.set(index, checkpoint);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
  }

  /** Of the first task in `[from, to)` that has one. */
  within(from: number, to: number): { index: number; state: Uint8Array } | undefined {
    const found = [...this.#kept.keys()].filter((index) => index >= from && index < to);
    const first = this.#kept.get(Math.min(...found));
    return first && { index: first.index, state: first.state };
  }

  /** The tasks were reported on. */
  drop(from: number, to: number): void {
    for (const index of [...this.#kept.keys()])
      if (index >= from && index < to) this.#kept.delete(index);
  }
}
