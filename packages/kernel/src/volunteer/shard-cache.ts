import { assert, type JobId, LIMITS, type ShardId } from '@manytabs/protocol';
import { VOLUNTEER_LIMITS } from './volunteer-limits.ts';

interface Stored {
  readonly bytes: number;
  /** The job it goes with, if it was of use to that job alone. */
  job: JobId | undefined;
}

/**
 * What the local store holds and why. A shard is in use (by an active job or a lease), kept (at the coordinator's wish)
 * or idle; idle ones make room, the longest unused first.
 */
export class ShardCache {
  readonly #stored = new Map<ShardId, Stored>();
  readonly #users = new Map<ShardId, number>();
  /** Wished for, whether stored yet or not. */
  readonly #kept = new Map<ShardId, number>();
  readonly #idle = new Map<ShardId, Stored>();
  /** Nobody in the grid wants them; they go as soon as nothing here uses them. */
  readonly #unwanted = new Set<ShardId>();
  #storedBytes = 0;
  #keptBytes = 0;
  #idleBytes = 0;

  get size(): number {
    return this.#stored.size;
  }

  get bytes(): number {
    return this.#storedBytes;
  }

  has(shard: ShardId): boolean {
    return this.#stored.has(shard);
  }

  isUsed(shard: ShardId): boolean {
    return this.#users.has(shard);
  }

  isKept(shard: ShardId): boolean {
    return this.#kept.has(shard);
  }

  add(shard: ShardId, bytes: number): void {
    if (this.#stored.has(shard)) return;
    this.#stored.set(shard, { bytes, job: undefined });
    this.#storedBytes += bytes;
    this.#refile(shard);
  }

  remove(shard: ShardId): void {
    const stored = this.#stored.get(shard);
    if (!stored) return;
    this.#unfile(shard);
    this.#unwanted.delete(shard);
    this.#stored.delete(shard);
    this.#storedBytes -= stored.bytes;
  }

  use(shard: ShardId): void {
    this.#unwanted.delete(shard);
    this.#users.set(shard, (this.#users.get(shard) ?? 0) + 1);
    this.#refile(shard);
  }

  /** `job` is given when the shard is of no use after that job. */
  disuse(shard: ShardId, job: JobId | undefined): void {
    const users = this.#users.get(shard) ?? 0;
    assert(users > 0, 'only a used shard is let go');
    if (users === 1) this.#users.delete(shard);
    else this.#users.set(shard, users - 1);
    const stored = this.#stored.get(shard);
    if (stored) stored.job = job;
    this.#refile(shard);
  }

  /** False when there is no room for it. */
  keep(shard: ShardId, bytes: number): boolean {
    if (this.#kept.has(shard)) return true;
    if (this.#kept.size >= VOLUNTEER_LIMITS.KEPT_SHARDS_MAX) return false;
    if (this.#keptBytes + bytes > VOLUNTEER_LIMITS.KEPT_BYTES_MAX) return false;
    this.#kept.set(shard, bytes);
    this.#keptBytes += bytes;
    this.#unwanted.delete(shard);
    this.#refile(shard);
    return true;
  }

  unkeep(shard: ShardId): void {
    this.#keptBytes -= this.#kept.get(shard) ?? 0;
    this.#kept.delete(shard);
    this.#refile(shard);
  }

  /** Keeps it no longer than it is used here. */
  unwant(shard: ShardId): void {
    this.unkeep(shard);
    if (this.#stored.has(shard)) this.#unwanted.add(shard);
  }

  /** Only shards that another tab would look for are worth a report. */
  isReported(shard: ShardId): boolean {
    const stored = this.#stored.get(shard);
    return stored !== undefined && (stored.bytes > LIMITS.INLINE_SHARD_BYTES || this.isKept(shard));
  }

  reported(): ShardId[] {
    return [...this.#stored.keys()].filter((shard) => this.isReported(shard));
  }

  /** The idle shards that must go: the unwanted, and the longest unused to keep within bounds. */
  surplus(): ShardId[] {
    const surplus = [...this.#unwanted].filter((shard) => this.#idle.has(shard));
    if (surplus.length > 0) return surplus;
    let size = this.#idle.size;
    let bytes = this.#idleBytes;
    for (const [shard, stored] of this.#idle) {
      const isOver =
        size > VOLUNTEER_LIMITS.IDLE_SHARDS_MAX || bytes > VOLUNTEER_LIMITS.IDLE_BYTES_MAX;
      if (!isOver) break;
      surplus.push(shard);
      size--;
      bytes -= stored.bytes;
    }
    return surplus;
  }

  /** Idle shards that the work of this job brought here. */
  idleOf(job: JobId): ShardId[] {
    return [...this.#idle].filter(([, stored]) => stored.job === job).map(([shard]) => shard);
  }

  check(): void {
    assert(this.#idle.size <= VOLUNTEER_LIMITS.IDLE_SHARDS_MAX, 'idle shards are bounded');
    assert(this.#idleBytes <= VOLUNTEER_LIMITS.IDLE_BYTES_MAX, 'idle bytes are bounded');
    assert(this.#keptBytes <= VOLUNTEER_LIMITS.KEPT_BYTES_MAX, 'kept bytes are bounded');
    let idleBytes = 0;
    for (const [shard, stored] of this.#idle) {
      assert(!this.isUsed(shard) && !this.isKept(shard), 'an idle shard is neither used nor kept');
      idleBytes += stored.bytes;
    }
    assert(idleBytes === this.#idleBytes, 'idle bytes are counted');
  }

  #refile(shard: ShardId): void {
    this.#unfile(shard);
    const stored = this.#stored.get(shard);
    if (!stored || this.isUsed(shard) || this.isKept(shard)) return;
    this.#idle.set(shard, stored);
    this.#idleBytes += stored.bytes;
  }

  #unfile(shard: ShardId): void {
    const idle = this.#idle.get(shard);
    if (!idle) return;
    this.#idle.delete(shard);
    this.#idleBytes -= idle.bytes;
  }
}
