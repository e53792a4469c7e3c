import {
  type ErrorCode,
  type JobId,
  type LeaseId,
  LIMITS,
  type PeerId,
  type Prng,
  type ShardId,
  type ShardRef,
} from '@manytabs/protocol';
import type { VolunteerEffect } from './effect.ts';
import { isSmall, ShardCache } from './shard-cache.ts';
import { ShardFetcher, type Waiter } from './shard-fetcher.ts';

/** A shard that no source could give, and who waited for it. */
export interface LostShard {
  readonly shard: ShardId;
  readonly waiters: readonly (JobId | LeaseId)[];
}

/** The shards of one volunteer: what is stored, what is on its way, and what the coordinator must hear of it. */
export class LocalShards {
  readonly #cache = new ShardCache();
  readonly #fetcher: ShardFetcher;
  readonly #prng: Prng;
  readonly #added = new Set<ShardId>();
  readonly #dropped = new Set<ShardId>();

  constructor(prng: Prng) {
    this.#prng = prng.fork('claims');
    this.#fetcher = new ShardFetcher(prng);
  }

  get size(): number {
    return this.#cache.size;
  }

  get bytes(): number {
    return this.#cache.bytes;
  }

  get fetching(): number {
    return this.#fetcher.activeCount;
  }

  wakeAt(): number | undefined {
    return this.#fetcher.wakeAt();
  }

  onLinked(): void {
    this.#fetcher.onLinked();
    for (const shard of this.#cache.reported()) this.#added.add(shard);
  }

  onUnlinked(): void {
    this.#fetcher.onUnlinked();
  }

  /** Claims a shard for a job or a lease. True when it is here; otherwise it is on its way. */
  claim({ shard, bytes }: ShardRef, waiter: JobId | LeaseId, at: number): boolean {
    this.#cache.use(shard);
    return this.#require({ shard, bytes }, waiter, at);
  }

  /**
   * Claims all of them from a place of our own on: where many open the same job at once, each gets other shards first
   * and can give them to the others. Returns those on their way.
   */
  claimAll(refs: readonly ShardRef[], waiter: JobId, at: number): ShardId[] {
    const start = this.#prng.int(Math.max(1, refs.length));
    const turned = [...refs.slice(start), ...refs.slice(0, start)];
    return turned.filter((ref) => !this.claim(ref, waiter, at)).map(({ shard }) => shard);
  }

  /** It stays while there is room: the next job may be the same once more. */
  letGo(shard: ShardId, waiter: JobId | LeaseId): void {
    this.#fetcher.cancel(shard, waiter);
    this.#cache.disuse(shard);
  }

  /** Asks again for a claimed shard that the store lost. */
  reclaim(ref: ShardRef, waiter: JobId | LeaseId, at: number): void {
    this.#require(ref, waiter, at);
  }

  /** Returns who waited for it. */
  onStored(
    { shard, bytes, isFound }: ShardRef & { readonly isFound?: boolean | undefined },
    effects: VolunteerEffect[],
  ): (JobId | LeaseId)[] {
    const want = this.#fetcher.onStored(shard);
    this.#cache.add(shard, bytes);
    // One from an earlier visit may be a replica the grid counts on; it says so itself if not.
    if (isFound || (!want && !isSmall(bytes))) this.#cache.keep(shard, bytes);
    if (!isFound) this.#persistKept({ shard, bytes }, effects);
    if (this.#cache.isReported(shard)) this.#added.add(shard);
    return workOf(want?.waiters);
  }

  /**
   * The store lost it, by our own order or because the browser made room.
   * Returns its size when something that uses it must have it again.
   */
  onDropped(shard: ShardId): number | undefined {
    if (!this.#cache.has(shard)) return undefined;
    const bytes = this.#forget(shard);
    return this.#cache.isUsed(shard) ? bytes : undefined;
  }

  onHolders(
    answer: { shard: ShardId; peers: readonly PeerId[] },
    at: number,
    effects: VolunteerEffect[],
  ): void {
    this.#fetcher.onHolders(answer, at, effects);
  }

  onFetchFailed(
    failed: { shard: ShardId; from: PeerId; code?: ErrorCode | undefined },
    at: number,
    effects: VolunteerEffect[],
  ): void {
    if (failed.code === 'storage-full') this.#makeRoom(failed.shard, effects);
    this.#fetcher.onFailed(failed, at, effects);
  }

  /** Fetches and keeps a shard at the coordinator's wish, unless there is no room. */
  keep(
    { shard, bytes }: ShardRef,
    { peers, at }: { readonly peers: readonly PeerId[]; readonly at: number },
    effects: VolunteerEffect[],
  ): void {
    if (!this.#cache.keep(shard, bytes)) {
      this.refuse(shard);
      return;
    }
    if (this.#cache.has(shard)) {
      this.#added.add(shard);
      this.#persistKept({ shard, bytes }, effects);
    } else {
      this.#fetcher.want({ shard, bytes }, 'keep', at);
      this.#fetcher.suggest(shard, peers);
    }
  }

  setBudget(bytes: number): void {
    this.#cache.setBudget(bytes);
  }

  /** A drop of what was never stored tells the coordinator to look elsewhere. */
  refuse(shard: ShardId): void {
    if (!this.#cache.has(shard)) this.#dropped.add(shard);
  }

  /** Nobody in the grid wants it any longer; what still runs here may use it to the end. */
  onUnwanted(shard: ShardId): void {
    this.#cache.unwant(shard);
    this.#fetcher.cancel(shard, 'keep');
  }

  /** Stops all fetching. */
  rest(): void {
    for (const { shard, waiters } of this.#fetcher.cancelAll()) {
      if (waiters.has('keep')) this.#cache.unkeep(shard);
    }
  }

  /** Goes on with fetching; returns what had to be given up. */
  advance(at: number, effects: VolunteerEffect[]): LostShard[] {
    this.#fetcher.advance(at, effects);
    const lost: LostShard[] = [];
    for (const { shard, waiters } of this.#fetcher.takeGivenUp()) {
      if (waiters.has('keep')) this.#cache.unkeep(shard);
      if (waiters.has('keep')) this.refuse(shard);
      lost.push({ shard, waiters: workOf(waiters) });
    }
    return lost;
  }

  /** Drops the idle shards that are unwanted or too many. */
  trim(effects: VolunteerEffect[]): void {
    for (const shard of this.#cache.surplus()) this.#drop(shard, effects);
  }

  /** What changed since the last call, in pieces. */
  report(): { added: ShardId[]; dropped: ShardId[] }[] {
    const added = [...this.#added];
    const dropped = [...this.#dropped];
    this.#added.clear();
    this.#dropped.clear();
    const pieces: { added: ShardId[]; dropped: ShardId[] }[] = [];
    const most = LIMITS.HELD_SHARDS_PER_REPORT_MAX;
    for (let i = 0; i < Math.max(added.length, dropped.length); i += most) {
      pieces.push({ added: added.slice(i, i + most), dropped: dropped.slice(i, i + most) });
    }
    return pieces;
  }

  check(): void {
    this.#fetcher.check();
    this.#cache.check();
  }

  /** Small ones are in memory only, as they come anew with whatever needs them. */
  #persistKept({ shard, bytes }: ShardRef, effects: VolunteerEffect[]): void {
    if (isSmall(bytes) && this.#cache.isKept(shard)) effects.push({ type: 'persist', shard });
  }

  #require({ shard, bytes }: ShardRef, waiter: Waiter, at: number): boolean {
    if (this.#cache.has(shard)) return true;
    this.#fetcher.want({ shard, bytes }, waiter, at);
    return false;
  }

  /** The browser takes no more: what is kept for others is refused, and what nothing uses goes. */
  #makeRoom(shard: ShardId, effects: VolunteerEffect[]): void {
    this.#fetcher.cancel(shard, 'keep');
    if (this.#cache.isKept(shard)) {
      this.#cache.unkeep(shard);
      this.refuse(shard);
    }
    for (const idle of this.#cache.idleShards()) this.#drop(idle, effects);
  }

  #drop(shard: ShardId, effects: VolunteerEffect[]): void {
    this.#forget(shard);
    effects.push({ type: 'drop-shard', shard });
  }

  /** Returns how large it was. */
  #forget(shard: ShardId): number {
    const bytesBefore = this.#cache.bytes;
    const isCountedOn = this.#cache.isCountedOn(shard);
    this.#cache.unkeep(shard);
    this.#cache.remove(shard);
    // One that came within this very step was never reported.
    if (!this.#added.delete(shard) && isCountedOn) this.#dropped.add(shard);
    return bytesBefore - this.#cache.bytes;
  }
}

function workOf(waiters: ReadonlySet<Waiter> | undefined): (JobId | LeaseId)[] {
  return [...(waiters ?? [])].filter((waiter): waiter is JobId | LeaseId => waiter !== 'keep');
}
