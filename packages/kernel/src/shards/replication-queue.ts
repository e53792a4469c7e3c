import { assert, LIMITS } from '@manytabs/protocol';
import type { Holder } from './placement.ts';
import { SHARD_LIMITS } from './shard-limits.ts';
import type { WantedShard } from './wanted-shard.ts';

interface Pending {
  readonly wanted: WantedShard;
  readonly holder: Holder;
  readonly expiresAt: number;
}

/** Which shards are short, by how many copies they have, and which replications are under way. */
export class ReplicationQueue {
  /** Entry `i` holds the short shards with `i` copies. */
  readonly #short: Set<WantedShard>[] = Array.from(
    { length: Math.max(LIMITS.SHARD_REPLICAS, LIMITS.FILE_REPLICAS_MAX) },
    () => new Set(),
  );
  readonly #level = new Map<WantedShard, number>();
  /** By holder, in the order they were asked; all time out after the same span. */
  readonly #byHolder = new Map<Holder, Map<WantedShard, Pending>>();
  readonly #deadlines: Pending[] = [];
  #firstDeadline = 0;
  #inFlight = 0;

  get shortCount(): number {
    return this.#level.size;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get isFull(): boolean {
    return this.#inFlight >= SHARD_LIMITS.REPLICATIONS_MAX;
  }

  isShort(wanted: WantedShard): boolean {
    return this.#level.has(wanted);
  }

  /** Files the shard where it belongs after its copies changed. */
  update(wanted: WantedShard): void {
    const level = wanted.isShort() ? wanted.copies : undefined;
    if (level === this.#level.get(wanted)) return;
    this.remove(wanted);
    if (level === undefined) return;
    this.#short[level]?.add(wanted);
    this.#level.set(wanted, level);
  }

  remove(wanted: WantedShard): void {
    const level = this.#level.get(wanted);
    if (level === undefined) return;
    this.#short[level]?.delete(wanted);
    this.#level.delete(wanted);
  }

  /** Behind the others that are in as much danger. */
  postpone(wanted: WantedShard): void {
    const level = this.#level.get(wanted);
    if (level === undefined) return;
    this.#short[level]?.delete(wanted);
    this.#short[level]?.add(wanted);
  }

  /** The short shards as they are now, fewest copies first; filing a shard anew while walking is safe. */
  inOrderOfDanger(): WantedShard[] {
    const room = SHARD_LIMITS.REPLICATIONS_MAX - this.#inFlight;
    const most = room + SHARD_LIMITS.FAILED_PLACEMENTS_MAX;
    const order: WantedShard[] = [];
    for (const level of this.#short) {
      for (const wanted of level) {
        if (order.length >= most) return order;
        order.push(wanted);
      }
    }
    return order;
  }

  startPending(wanted: WantedShard, holder: Holder, expiresAt: number): void {
    const pending = { wanted, holder, expiresAt };
    const own = this.#byHolder.get(holder) ?? new Map<WantedShard, Pending>();
    this.#byHolder.set(holder, own.set(wanted, pending));
    this.#deadlines.push(pending);
    wanted.addPending(holder);
    holder.pending++;
    holder.pendingBytes += wanted.bytes;
    this.#inFlight++;
  }

  endPending(wanted: WantedShard, holder: Holder): void {
    const own = this.#byHolder.get(holder);
    assert(own, 'only what is under way ends');
    own.delete(wanted);
    if (own.size === 0) this.#byHolder.delete(holder);
    wanted.removePending(holder);
    holder.pending--;
    holder.pendingBytes -= wanted.bytes;
    this.#inFlight--;
  }

  ofHolder(holder: Holder): WantedShard[] {
    return [...(this.#byHolder.get(holder)?.keys() ?? [])];
  }

  takeExpired(at: number): Pending[] {
    const expired: Pending[] = [];
    let next = this.#nextLive();
    while (next && next.expiresAt <= at) {
      expired.push(next);
      this.#firstDeadline++;
      next = this.#nextLive();
    }
    return expired;
  }

  nextExpiry(): number | undefined {
    return this.#nextLive()?.expiresAt;
  }

  check(): void {
    let pending = 0;
    for (const own of this.#byHolder.values()) pending += own.size;
    assert(pending === this.#inFlight, 'replications under way are counted');
    assert(pending <= SHARD_LIMITS.REPLICATIONS_MAX, 'replications under way are bounded');
  }

  /** The oldest replication that did not end otherwise. */
  #nextLive(): Pending | undefined {
    for (;;) {
      const next = this.#deadlines[this.#firstDeadline];
      if (!next || this.#byHolder.get(next.holder)?.get(next.wanted) === next) {
        if (!next) this.#compact();
        return next;
      }
      this.#firstDeadline++;
      if (this.#firstDeadline > 4096) this.#compact();
    }
  }

  #compact(): void {
    this.#deadlines.splice(0, this.#firstDeadline);
    this.#firstDeadline = 0;
  }
}
