import type { VolunteerId } from '@manytabs/protocol';
import type { Lease } from './lease-table.ts';
import { isTrusted } from './standings.ts';
import type { Identity } from './volunteer-table.ts';

const KEPT_MAX = 64;
const GAP_MS = 400;

interface Checkpoint {
  readonly index: number;
  readonly state: Uint8Array;
  readonly at: number;
}

interface Kept extends Checkpoint {
  /** Whose work it is; nobody else goes on from it. Undefined where anybody may. */
  readonly of: VolunteerId | undefined;
}

/**
 * Where tasks of a job would go on from. Where results are compared, each identity goes on from its own work alone: a
 * copy that went on from another's would be no independent vote, and a liar's would make an honest volunteer wrong. Work
 * of somebody trusted, whose word would decide alone, is for all.
 */
export class Checkpoints {
  readonly #kept = new Map<string, Kept>();

  keep({ job, volunteer: { identity } }: Lease, checkpoint: Checkpoint): void {
    const isCompared = job.tier !== undefined || job.quorum.minQuorum > 1;
    const isForAll = !isCompared || (job.tier !== undefined && isTrusted(identity, job));
    const of = isForAll ? undefined : identity.id;
    const key = `${checkpoint.index} ${of ?? ''}`;
    const before = this.#kept.get(key);
    if (before && checkpoint.at - before.at < GAP_MS) return;
    this.#kept.delete(key);
    this.#kept.set(key, { ...checkpoint, of });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest);
  }

  /** Of the first task in `[from, to)` that has one from which this identity may go on; its own before that of others. */
  within(
    from: number,
    to: number,
    { id }: Identity,
  ): { index: number; state: Uint8Array } | undefined {
    let first: Kept | undefined;
    for (const kept of this.#kept.values()) {
      if (kept.index < from || kept.index >= to) continue;
      if (kept.of !== undefined && kept.of !== id) continue;
      const isFirst = first === undefined || kept.index < first.index;
      if (isFirst || (kept.index === first?.index && kept.of === id)) first = kept;
    }
    return first && { index: first.index, state: first.state };
  }

  /** The identity reported on these tasks. */
  drop(from: number, to: number, { id }: Identity): void {
    for (const [key, { index, of }] of this.#kept)
      if (index >= from && index < to && (of === undefined || of === id)) this.#kept.delete(key);
  }
}
