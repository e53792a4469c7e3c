import { type JobId, LIMITS, type ShardId, type VolunteerId } from '@manytabs/protocol';
import { type Facts, violated } from '../facts.ts';
import type { PlannedJob } from '../workload.ts';

/** Once the world is calm, every shard of a living job has its copies, and none of a dead one is kept. */
export class ShardChecker implements Facts {
  readonly #jobs = new Map<JobId, PlannedJob>();
  readonly #copies = new Map<ShardId, Set<VolunteerId>>();
  #volunteers = 0;

  onSubmitted(_at: number, job: PlannedJob): void {
    this.#jobs.set(job.jobId, job);
  }

  onEnded(_at: number, jobId: JobId): void {
    this.#jobs.delete(jobId);
  }

  onStore(volunteer: VolunteerId, shards: ReadonlySet<ShardId>): void {
    this.#volunteers++;
    for (const shard of shards) {
      this.#copies.set(shard, (this.#copies.get(shard) ?? new Set()).add(volunteer));
    }
  }

  judgeReplicas(): void {
    const possible = Math.min(LIMITS.SHARD_REPLICAS, this.#volunteers);
    const wanted = new Set<ShardId>();
    for (const job of this.#jobs.values()) {
      for (const { shard, bytes } of job.shards()) {
        if (bytes <= LIMITS.INLINE_SHARD_BYTES) continue;
        wanted.add(shard);
        const copies = this.#copies.get(shard)?.size ?? 0;
        if (copies >= possible) continue;
        violated('SH2', `shard ${shard.slice(-8)} of job ${job.number} has ${copies} copies`);
      }
    }
    this.#copies.clear();
    this.#volunteers = 0;
  }

  /** After the last job: what is left over was to be dropped. */
  judgeDropped(sizeOf: (shard: ShardId) => number): void {
    for (const [shard, holders] of this.#copies) {
      if (sizeOf(shard) <= LIMITS.INLINE_SHARD_BYTES) continue;
      violated(
        'SH6',
        `${holders.size} volunteers keep shard ${shard.slice(-8)}, which nobody wants`,
      );
    }
  }
}
