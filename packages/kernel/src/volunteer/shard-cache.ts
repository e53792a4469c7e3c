import { assert, LIMITS, type ShardId } from '@manytabs/protocol';
import { IdleShards } from './idle-shards.ts';
import { VOLUNTEER_LIMITS } from './volunteer-limits.ts';

/**
 * What the local store holds and why. A shard is in use (by an active job or a lease), kept (at the coordinator's wish)
 * or idle; idle ones make room, the longest unused first. Small ones have a place of their own: many of them are of one
 * task each, and must not push out what is dear to fetch.
 */
export class ShardCache {
  readonly #stored = new Map<ShardId, number>();
  readonly #users = new Map<ShardId, number>();
  /** Wished for, whether stored yet or not. */
  readonly #kept = new Map<ShardId, number>();
  readonly #idle = new IdleShards(
    VOLUNTEER_LIMITS.IDLE_SHARDS_MAX,
    VOLUNTEER_LIMITS.IDLE_BYTES_MAX,
  );
  readonly #idleSmall = new IdleShards(VOLUNTEER_LIMITS.IDLE_SMALL_SHARDS_MAX, Infinity);
  /** Nobody in the grid wants them; they go as soon as nothing here uses them. */
  readonly #unwanted = new Set<ShardId>();
  #storedBytes = 0;
  #keptBytes = 0;
  #keptBytesMax: number = VOLUNTEER_LIMITS.KEPT_BYTES_MAX;

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
    this.#stored.set(shard, bytes);
    this.#storedBytes += bytes;
    this.#refile(shard);
  }

  remove(shard: ShardId): void {
    const bytes = this.#stored.get(shard);
    if (bytes === undefined) return;
    this.#unfile(shard, bytes);
    this.#unwanted.delete(shard);
    this.#stored.delete(shard);
    this.#storedBytes -= bytes;
  }

  use(shard: ShardId): void {
    this.#unwanted.delete(shard);
    this.#users.set(shard, (this.#users.get(shard) ?? 0) + 1);
    this.#refile(shard);
  }

  disuse(shard: ShardId): void {
    const users = this.#users.get(shard) ?? 0;
    assert(users > 0, 'only a used shard is let go');
    if (users === 1) this.#users.delete(shard);
    else this.#users.set(shard, users - 1);
    this.#refile(shard);
  }

  /** False when there is no room for it. */
  keep(shard: ShardId, bytes: number): boolean {
    if (this.#kept.has(shard)) return true;
    if (this.#kept.size >= VOLUNTEER_LIMITS.KEPT_SHARDS_MAX) return false;
    if (this.#keptBytes + bytes > this.#keptBytesMax) return false;
    this.#kept.set(shard, bytes);
    this.#keptBytes += bytes;
    this.#unwanted.delete(shard);
    this.#refile(shard);
    return true;
  }

  /** What the donor allows to be stored beyond what work at hand needs; the shards kept longest make room. */
  setBudget(bytes: number): void {
    const idleBytes = Math.min(VOLUNTEER_LIMITS.IDLE_BYTES_MAX, bytes / 4);
    this.#idle.setBytesMax(idleBytes);
    this.#keptBytesMax = Math.min(VOLUNTEER_LIMITS.KEPT_BYTES_MAX, bytes - idleBytes);
    for (const shard of [...this.#kept.keys()]) {
      if (this.#keptBytes <= this.#keptBytesMax) return;
      this.unkeep(shard);
    }
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
    const bytes = this.#stored.get(shard);
    return bytes !== undefined && (!isSmall(bytes) || this.isKept(shard));
  }

  reported(): ShardId[] {
    return [...this.#stored.keys()].filter((shard) => this.isReported(shard));
  }

  /** Whether the coordinator, having pushed it or heard of it, counts on its being here. */
  isCountedOn(shard: ShardId): boolean {
    return isSmall(this.#stored.get(shard) ?? Infinity) || this.isReported(shard);
  }

  /** The idle shards that must go: the unwanted, and the longest unused to keep within bounds. */
  surplus(): ShardId[] {
    const unwanted = [...this.#unwanted].filter((shard) => this.#isIdle(shard));
    if (unwanted.length > 0) return unwanted;
    return [...this.#idle.surplus(), ...this.#idleSmall.surplus()];
  }

  /** Large ones that nothing uses and nobody asked to keep. */
  idleShards(): ShardId[] {
    return this.#idle.all();
  }

  check(): void {
    this.#idle.check();
    this.#idleSmall.check();
    assert(this.#keptBytes <= VOLUNTEER_LIMITS.KEPT_BYTES_MAX, 'kept bytes are bounded');
    for (const [shard] of this.#stored) {
      const isWanted = this.isUsed(shard) || this.isKept(shard);
      assert(this.#isIdle(shard) !== isWanted, 'a shard that is neither used nor kept is idle');
    }
  }

  #isIdle(shard: ShardId): boolean {
    return this.#idle.has(shard) || this.#idleSmall.has(shard);
  }

  #refile(shard: ShardId): void {
    const bytes = this.#stored.get(shard);
    if (bytes === undefined) return;
    this.#unfile(shard, bytes);
    if (!this.isUsed(shard) && !this.isKept(shard)) this.#shelf(bytes).add(shard, bytes);
  }

  #unfile(shard: ShardId, bytes: number): void {
    this.#shelf(bytes).delete(shard);
  }

  #shelf(bytes: number): IdleShards {
    return isSmall(bytes) ? this.#idleSmall : this.#idle;
  }
}

/** Small shards travel with the messages that need them. */
export function isSmall(bytes: number): boolean {
  return bytes <= LIMITS.INLINE_SHARD_BYTES;
}
