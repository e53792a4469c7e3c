import {
  assert,
  LIMITS,
  type PeerId,
  type Prng,
  type SessionId,
  type ShardId,
  type ShardView,
  type VolunteerId,
} from '@manytabs/protocol';
import { HolderTable } from './holder-table.ts';
import { type Holder, placeShard, type Site } from './placement.ts';
import { RepairBudget } from './repair-budget.ts';
import { ReplicationQueue } from './replication-queue.ts';
import { SHARD_LIMITS } from './shard-limits.ts';
import { Spread } from './spread.ts';
import { Uptimes } from './uptimes.ts';
import { type KeptShard, type Stripe, WantedShard } from './wanted-shard.ts';

/** Ask this volunteer to keep a shard. No peers: only the coordinator has it. */
export interface Replication {
  readonly to: SessionId;
  readonly shard: ShardId;
  readonly bytes: number;
  readonly peers: PeerId[];
}

export interface ShardCounts {
  readonly wanted: number;
  /** Wanted shards with fewer copies than they should have. */
  readonly short: number;
  readonly inFlight: number;
  readonly holders: number;
}

/**
 * Who holds which shard, known only from what volunteers report, and what must be copied where. Invariants:
 * 1. A wanted shard is short exactly when its copies and those being made are fewer than it should have.
 * 2. A holder's load is the sum of the wanted shards it reported, and of those it was asked for.
 * 3. Nothing is kept of a shard that nobody wants, except a bounded list of drops per volunteer.
 */
export class ShardMap {
  readonly #prng: Prng;
  readonly #shards = new Map<ShardId, WantedShard>();
  readonly #holders = new HolderTable();
  readonly #drops = new Map<SessionId, Set<ShardId>>();
  readonly #queue = new ReplicationQueue();
  readonly #uptimes = new Uptimes();
  readonly #budget = new RepairBudget();
  readonly #spread = new Spread();
  /** Identities that told a lie about a shard, and how many. */
  readonly #offenders = new Map<VolunteerId, number>();
  #stuckUntil = 0;
  #workedAt = 0;
  readonly #stripes = new Map<string, Stripe>();
  /** Shards that files keep. */
  #kept = 0;
  /** Copies made since the start in place of lost ones. */
  #repairs = 0;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  /** A job needs the shard; called once for each job that does, and once more in `release`. */
  want(shard: ShardId, bytes: number): void {
    const wanted = this.#touch(shard, bytes);
    wanted.jobs++;
    this.#update(wanted);
  }

  release(shard: ShardId): void {
    const wanted = this.#shards.get(shard);
    assert(wanted && wanted.jobs > 0, 'only a wanted shard is released');
    wanted.jobs--;
    this.#settle(wanted);
  }

  /** Tasks of a job read the shard where it is; `unhold` ends it. */
  hold(shard: ShardId, bytes: number): void {
    this.#touch(shard, bytes).readers++;
  }

  unhold(shard: ShardId): void {
    const wanted = this.#shards.get(shard);
    assert(wanted && wanted.readers > 0, 'only a held shard is let go');
    wanted.readers--;
    this.#settle(wanted);
  }

  /** A file needs the shards, those of one stripe apart from each other; `letGo` ends it. */
  keep(kept: readonly KeptShard[], stripe: string | undefined): void {
    for (const each of kept) {
      const wanted = this.#keep(each);
      if (stripe !== undefined) this.#joinStripe(wanted, stripe);
    }
  }

  letGo(shards: readonly ShardId[]): void {
    for (const shard of shards) {
      const wanted = this.#shards.get(shard);
      assert(wanted && wanted.files > 0, 'only a kept shard is let go');
      wanted.files--;
      if (wanted.files === 0) this.#kept--;
      if (wanted.files === 0) this.#leaveStripes(wanted);
      this.#settle(wanted);
    }
  }

  /** Whether the coordinator can serve these shards of files from now on. */
  setOrigin(shards: readonly ShardId[], hasOrigin: boolean): void {
    for (const shard of shards) {
      const wanted = this.#shards.get(shard);
      if (!wanted) continue;
      wanted.setOrigin(hasOrigin);
      this.#update(wanted);
    }
  }

  /** A holder could not prove that it has what it reported: nothing it says of shards counts any more. */
  onRefuted(session: SessionId): void {
    const holder = this.#holders.get(session);
    if (!holder) return;
    this.#offenders.set(holder.volunteer, (this.#offenders.get(holder.volunteer) ?? 0) + 1);
    for (const other of holder.tabs) {
      if (other.isDistrusted) continue;
      other.isDistrusted = true;
      for (const shard of [...other.held]) this.#disprove(other, shard);
      for (const wanted of this.#queue.ofHolder(other)) this.#endPending(wanted, other);
    }
    this.#stuckUntil = 0;
  }

  /** Copies that a file should have, by how long volunteers stayed of late. */
  get advisedCopies(): number {
    return this.#uptimes.advisedCopies();
  }

  get repairs(): number {
    return this.#repairs;
  }

  get hasKept(): boolean {
    return this.#kept > 0;
  }

  offenders(): { volunteer: VolunteerId; corrupt: number }[] {
    return [...this.#offenders].map(([volunteer, corrupt]) => ({ volunteer, corrupt }));
  }

  /** A shard that this volunteer holds for a file, any one of them with the same chance; for a check. */
  drawKept(prng: Prng): { session: SessionId; shard: ShardId } | undefined {
    const drawn = this.#holders.drawHeld(prng);
    return drawn && (this.#shards.get(drawn.shard)?.files ?? 0) > 0 ? drawn : undefined;
  }

  /** Sessions that reported the shard. */
  sessionsOf(shard: ShardId): SessionId[] {
    return (
      this.#shards
        .get(shard)
        ?.holders()
        .map(({ session }) => session) ?? []
    );
  }

  /** How it stands with a shard. */
  standing(shard: ShardId): { copies: number; target: number; pending: number } | undefined {
    const wanted = this.#shards.get(shard);
    if (!wanted) return undefined;
    const pending = wanted.pendingHolders().length;
    return { copies: wanted.copies, target: wanted.target, pending };
  }

  /** Identities that may be given shards. */
  identities(): number {
    return this.#holders.trusted();
  }

  isWanted(shard: ShardId): boolean {
    return this.#shards.has(shard);
  }

  /** `volunteer` is the identity behind the peer, for copies on distinct identities; the peer stands in for it. */
  onJoined(
    session: SessionId,
    peer: PeerId,
    volunteer: VolunteerId = peer as string as VolunteerId,
    at = 0,
    site: Site = {},
  ): void {
    const burden = this.#uptimes.onJoined(volunteer, at);
    const isDistrusted = this.#offenders.has(volunteer);
    this.#holders.join({ session, peer, volunteer, site, burden, isDistrusted });
    this.#stuckUntil = 0;
  }

  onLeft(session: SessionId, at = 0): void {
    const holder = this.#holders.get(session);
    if (!holder) return;
    this.#uptimes.onLeft(holder.volunteer, at);
    this.#spread.onGone(session);
    this.#drops.delete(session);
    for (const shard of [...holder.held]) this.#lose(holder, shard);
    for (const wanted of this.#queue.ofHolder(holder)) this.#endPending(wanted, holder);
    this.#holders.leave(holder);
    this.#stuckUntil = 0;
  }

  /**
   * A volunteer's report, as hostile as it likes: unknown shards only make a drop order. A `dropped` shard that was
   * asked for and never stored is a refusal.
   */
  onHeld(session: SessionId, added: readonly ShardId[], dropped: readonly ShardId[]): void {
    const holder = this.#holders.get(session);
    if (!holder) return;
    for (const shard of added) {
      const wanted = this.#shards.get(shard);
      if (!wanted) this.#orderDrop(session, shard);
      else if (!holder.isDistrusted) this.#gain(holder, wanted);
    }
    for (const shard of dropped) this.#onDropped(holder, shard);
  }

  /** Peers that reported the shard, at most `limit`, taking turns from call to call; never the asking session. */
  holders(shard: ShardId, limit: number, asking?: SessionId | undefined): PeerId[] {
    const wanted = this.#shards.get(shard);
    return wanted ? wanted.nextPeers(Math.min(limit, SHARD_LIMITS.HOLDERS_MAX), asking) : [];
  }

  /** As `holders`, for one that needs it now; undefined if it is to wait for `located`. */
  locate(shard: ShardId, session: SessionId, at: number): PeerId[] | undefined {
    const peers = this.holders(shard, SHARD_LIMITS.LOCATED_MAX, session);
    const isSpread = peers.length === 0 && (this.#shards.get(shard)?.jobs ?? 0) > 0;
    return isSpread && !this.#spread.ask(shard, session, at) ? undefined : peers;
  }

  /** Answers for those who waited. Whoever is told of nobody goes to the coordinator. */
  located(at: number): { to: SessionId; shard: ShardId; peers: PeerId[] }[] {
    return this.#spread.takeAnswers(at).map(({ session, shard }) => {
      const peers = this.holders(shard, SHARD_LIMITS.LOCATED_MAX, session);
      if (peers.length === 0 && this.#shards.has(shard)) this.#spread.begin(shard, session, at);
      return { to: session, shard, peers };
    });
  }

  /** Whether this volunteer reported the shard. */
  holds(session: SessionId, shard: ShardId): boolean {
    return this.#holders.get(session)?.held.has(shard) ?? false;
  }

  /** The replications to order now, the rarest shards first. Call it after events and at `wakeAt`. */
  work(at: number): Replication[] {
    this.#workedAt = at;
    for (const { wanted, holder } of this.#queue.takeExpired(at)) this.#onTimeout(wanted, holder);
    const orders: Replication[] = [];
    if (this.#queue.shortCount === 0 || at < this.#stuckUntil) return orders;
    if (this.#holders.size === 0 || this.#queue.isFull) return orders;
    let failed = 0;
    for (const wanted of this.#queue.inOrderOfDanger()) {
      if (this.#queue.isFull) return orders;
      if (wanted.wasWhole && !this.#budget.spend(wanted.bytes, at)) return orders;
      const order = this.#replicate(wanted, at);
      if (order) orders.push(order);
      else if (++failed >= SHARD_LIMITS.FAILED_PLACEMENTS_MAX) break;
    }
    // Whatever could not be placed now waits for a change or for the rest to pass.
    if (failed > 0 && orders.length === 0) this.#stuckUntil = at + SHARD_LIMITS.STUCK_MS;
    return orders;
  }

  /** Drop orders for shards nobody wants; each is given once. */
  drops(): { to: SessionId; shards: ShardId[] }[] {
    const orders: { to: SessionId; shards: ShardId[] }[] = [];
    for (const [to, shards] of this.#drops) {
      const unwanted = [...shards].filter((shard) => !this.#shards.has(shard));
      for (let i = 0; i < unwanted.length; i += LIMITS.HELD_SHARDS_PER_REPORT_MAX) {
        orders.push({ to, shards: unwanted.slice(i, i + LIMITS.HELD_SHARDS_PER_REPORT_MAX) });
      }
    }
    this.#drops.clear();
    return orders;
  }

  /** When `work` must be called even if nothing happens. */
  wakeAt(): number | undefined {
    const expiry = earlier(this.#queue.nextExpiry(), this.#spread.wakeAt());
    const idle = this.#queue.shortCount === 0 || this.#holders.size === 0;
    if (idle) return expiry;
    const times = [expiry, this.#budget.wakeAt(), this.#stuckUntil || undefined];
    // What was due when `work` was called last waits for something else: to wake for it again would never end.
    const known = times.filter((time) => time !== undefined && time > this.#workedAt);
    return known.length === 0 ? undefined : Math.min(...(known as number[]));
  }

  view(shard: ShardId): ShardView | undefined {
    const wanted = this.#shards.get(shard);
    return wanted && { shard, bytes: wanted.bytes, holders: wanted.identities() };
  }

  /** Wanted shards a volunteer reported. */
  heldBy(session: SessionId): { shards: number; bytes: number } {
    const holder = this.#holders.get(session);
    return { shards: holder?.held.size ?? 0, bytes: holder?.heldBytes ?? 0 };
  }

  counts(): ShardCounts {
    return {
      wanted: this.#shards.size,
      short: this.#queue.shortCount,
      inFlight: this.#queue.inFlight,
      holders: this.#holders.size,
    };
  }

  /** Asserts the invariants; walks everything, so only tests and the simulator call it. */
  check(): void {
    for (const wanted of this.#shards.values()) {
      assert(wanted.isNeeded, 'a shard in the map is wanted');
      assert(this.#queue.isShort(wanted) === wanted.isShort(), 'a short shard is queued (1)');
      for (const holder of wanted.holders())
        assert(holder.held.has(wanted.shard), 'both sides know (2)');
    }
    for (const holder of this.#holders.dense) this.#checkHolder(holder);
    this.#holders.check();
    this.#queue.check();
    for (const drops of this.#drops.values()) {
      assert(drops.size <= SHARD_LIMITS.DROPS_PER_VOLUNTEER_MAX, 'drops are bounded (3)');
    }
  }

  #checkHolder(holder: Holder): void {
    let bytes = 0;
    for (const shard of holder.held) bytes += this.#shards.get(shard)?.bytes ?? Number.NaN;
    assert(bytes === holder.heldBytes, 'the load is the sum of what it holds (2)');
    const pending = this.#queue.ofHolder(holder);
    assert(pending.length === holder.pending, 'pending replications are counted (2)');
    assert(holder.pending <= SHARD_LIMITS.REPLICATIONS_PER_TARGET_MAX, 'a target is not flooded');
  }

  #touch(shard: ShardId, bytes: number): WantedShard {
    const known = this.#shards.get(shard);
    if (known) return known;
    const wanted = new WantedShard(shard, bytes);
    this.#add(wanted);
    return wanted;
  }

  #keep(kept: KeptShard): WantedShard {
    const wanted = this.#touch(kept.shard, kept.bytes);
    if (wanted.files === 0) this.#kept++;
    wanted.keepFor(kept);
    this.#update(wanted);
    return wanted;
  }

  #update(wanted: WantedShard): void {
    this.#queue.update(wanted);
    this.#stuckUntil = 0;
  }

  #settle(wanted: WantedShard): void {
    if (!wanted.isNeeded) this.#forget(wanted);
    else this.#update(wanted);
  }

  #joinStripe(wanted: WantedShard, name: string): void {
    const stripe = this.#stripes.get(name) ?? { name, pieces: new Set() };
    this.#stripes.set(name, stripe);
    wanted.joinStripe(stripe);
  }

  #leaveStripes(wanted: WantedShard): void {
    for (const { name } of wanted.leaveStripes()) this.#stripes.delete(name);
  }

  #add(wanted: WantedShard): void {
    this.#shards.set(wanted.shard, wanted);
    this.#stuckUntil = 0;
    // Somebody may have it already, with the order to drop it not yet given.
    for (const [session, drops] of this.#drops) {
      const holder = this.#holders.get(session);
      if (drops.delete(wanted.shard) && holder) this.#gain(holder, wanted);
    }
  }

  #forget(wanted: WantedShard): void {
    for (const holder of wanted.pendingHolders()) this.#endPending(wanted, holder);
    for (const holder of wanted.holders()) {
      holder.held.delete(wanted.shard);
      holder.heldBytes -= wanted.bytes;
      this.#orderDrop(holder.session, wanted.shard);
    }
    this.#queue.remove(wanted);
    this.#spread.forget(wanted.shard);
    this.#shards.delete(wanted.shard);
  }

  #gain(holder: Holder, wanted: WantedShard): void {
    if (wanted.wasWhole && wanted.isPendingAt(holder)) this.#repairs++;
    this.#endPending(wanted, holder);
    if (holder.held.has(wanted.shard)) return;
    // The very string that the map has: a report's own would be kept with it.
    holder.held.add(wanted.shard);
    holder.heldBytes += wanted.bytes;
    wanted.addHolder(holder);
    this.#spread.onHeld(wanted.shard, holder.session);
    this.#queue.update(wanted);
  }

  #lose(holder: Holder, shard: ShardId): void {
    const wanted = this.#shards.get(shard);
    if (!wanted || !holder.held.delete(shard)) return;
    holder.heldBytes -= wanted.bytes;
    wanted.removeHolder(holder);
    this.#queue.update(wanted);
    this.#stuckUntil = 0;
  }

  #disprove(holder: Holder, shard: ShardId): void {
    this.#shards.get(shard)?.onDisproved();
    this.#lose(holder, shard);
  }

  #onDropped(holder: Holder, shard: ShardId): void {
    this.#drops.get(holder.session)?.delete(shard);
    this.#lose(holder, shard);
    const wanted = this.#shards.get(shard);
    if (!wanted) return;
    // Whoever gave a shard up is not asked for it first again.
    if (wanted.isPendingAt(holder)) this.#onTimeout(wanted, holder);
    else wanted.avoid(holder);
  }

  #onTimeout(wanted: WantedShard, holder: Holder): void {
    this.#endPending(wanted, holder);
    wanted.avoid(holder);
    holder.misses++;
    this.#stuckUntil = 0;
  }

  #endPending(wanted: WantedShard, holder: Holder): void {
    if (!wanted.isPendingAt(holder)) return;
    this.#queue.endPending(wanted, holder);
    this.#queue.update(wanted);
    this.#stuckUntil = 0;
  }

  #replicate(wanted: WantedShard, at: number): Replication | undefined {
    const isSent = wanted.copies === 0 && this.#spread.isFull(wanted.shard, at);
    const target = isSent ? undefined : this.#place(wanted);
    if (!target) {
      wanted.avoidNobody();
      this.#queue.postpone(wanted);
      return undefined;
    }
    this.#queue.startPending(wanted, target, at + SHARD_LIMITS.REPLICATION_TIMEOUT_MS);
    this.#queue.update(wanted);
    const peers = wanted.nextPeers(SHARD_LIMITS.HOLDERS_MAX, target.session);
    if (peers.length === 0) this.#spread.begin(wanted.shard, target.session, at);
    return { to: target.session, shard: wanted.shard, bytes: wanted.bytes, peers };
  }

  /** Pieces of a stripe go together only where there is no other place, and for one that is merely busy they wait. */
  #place(wanted: WantedShard): Holder | undefined {
    const having = wanted.havingOrAwaiting();
    const crowd = wanted.stripes.length === 0 ? 0 : this.#leastCrowd(wanted);
    const mayTake = (holder: Holder) => wanted.mayGoTo(holder) && wanted.crowdAt(holder) <= crowd;
    return placeShard(this.#holders.dense, { mayTake, having }, this.#prng);
  }

  #leastCrowd(wanted: WantedShard): number {
    let least = Number.POSITIVE_INFINITY;
    for (const holder of this.#holders.dense) {
      if (holder.isDistrusted || wanted.hasOrAwaits(holder)) continue;
      least = Math.min(least, wanted.crowdAt(holder));
      if (least === 0) return 0;
    }
    return least;
  }

  #orderDrop(session: SessionId, shard: ShardId): void {
    const drops = this.#drops.get(session) ?? new Set();
    if (drops.size >= SHARD_LIMITS.DROPS_PER_VOLUNTEER_MAX) return;
    this.#drops.set(session, drops.add(shard));
  }
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
