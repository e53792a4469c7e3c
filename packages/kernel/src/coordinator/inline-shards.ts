import { assert, LIMITS, type ShardId, type ShardRef } from '@manytabs/protocol';

/** Whether a shard is small enough to travel with the message that needs it. */
export function isInline(shard: ShardRef): boolean {
  return shard.bytes <= LIMITS.INLINE_SHARD_BYTES;
}

/** The small shards of running jobs: they are pushed and never replicated, so their holders are no news. */
export class InlineShards {
  readonly #jobs = new Map<ShardId, number>();

  has(shard: ShardId): boolean {
    return this.#jobs.has(shard);
  }

  want(shard: ShardId): void {
    this.#jobs.set(shard, (this.#jobs.get(shard) ?? 0) + 1);
  }

  release(shard: ShardId): void {
    const jobs = this.#jobs.get(shard);
    assert(jobs !== undefined, 'only a wanted shard is released');
    if (jobs === 1) this.#jobs.delete(shard);
    else this.#jobs.set(shard, jobs - 1);
  }
}
