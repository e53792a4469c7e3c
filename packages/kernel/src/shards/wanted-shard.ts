import {
  assert,
  type PeerId,
  type SessionId,
  type ShardId,
  type VolunteerId,
} from '@manytabs/protocol';
import type { Holder } from './placement.ts';
import { replicasFor, SHARD_LIMITS } from './shard-limits.ts';

const AVOIDED_MAX = 8;
const FEW = 8;
const NONE: never[] = [];

/** What a file needs of one of its shards. */
export interface KeptShard {
  readonly shard: ShardId;
  readonly bytes: number;
  /** On distinct identities; 0 where the coordinator's own is enough. */
  readonly copies: number;
  /** Whether the coordinator can serve it: it keeps a copy, has it in passing, or can work it out from others. */
  readonly hasOrigin: boolean;
  /** Whether a copy that is lost is made again. */
  readonly isRepaired: boolean;
}

/** Pieces of a code that should be with distinct identities. */
export interface Stripe {
  readonly name: string;
  readonly pieces: Set<WantedShard>;
}

/** A shard that at least one job or file needs: who holds it, and who was asked to. */
export class WantedShard {
  readonly shard: ShardId;
  readonly bytes: number;
  /** Jobs that need it, and files. */
  jobs = 0;
  files = 0;
  /** Jobs whose tasks read it where it is: it stays, and needs no more copies for them. */
  readers = 0;
  /** Whether it had all its copies once: what is made after that is a repair. */
  wasWhole = false;
  stripes: readonly Stripe[] = NONE;
  /** Copies on distinct identities: two tabs of one volunteer are one. */
  copies = 0;
  #fileCopies = 0;
  #hasFileOrigin = false;
  #isRepaired = false;
  // There may be millions of shards, and few are being copied: what is empty is one and the same list.
  #holders: Holder[] = NONE;
  #pending: readonly Holder[] = NONE;
  /** Targets that failed lately; others are tried first. */
  #avoided: readonly Holder[] = NONE;

  constructor(shard: ShardId, bytes: number) {
    this.shard = shard;
    this.bytes = bytes;
  }

  /** Copies on distinct identities it should have. */
  get target(): number {
    const forJobs = this.jobs > 0 ? replicasFor(this.bytes) : 0;
    return Math.max(forJobs, this.files > 0 ? this.#fileCopies : 0);
  }

  get hasOrigin(): boolean {
    return this.jobs > 0 || this.#hasFileOrigin;
  }

  isShort(): boolean {
    const { target } = this;
    if (this.copies + this.#pending.length >= target) return false;
    if (this.wasWhole && this.jobs === 0 && !this.#isRepaired) return false;
    if (this.copies > 0) return true;
    // The first copies go out from the coordinator, the others from tab to tab.
    return this.hasOrigin && this.#pending.length < SHARD_LIMITS.FROM_ORIGIN_MAX;
  }

  /** One more file needs it; what the most demanding one asks for counts. */
  keepFor(kept: KeptShard): void {
    if (this.files++ === 0) this.#hasFileOrigin = this.#isRepaired = false;
    this.#fileCopies = this.files === 1 ? kept.copies : Math.max(this.#fileCopies, kept.copies);
    this.#hasFileOrigin ||= kept.hasOrigin;
    this.#isRepaired ||= kept.isRepaired;
    this.noteWhole();
  }

  setOrigin(hasOrigin: boolean): void {
    this.#hasFileOrigin = hasOrigin;
  }

  get isNeeded(): boolean {
    return this.jobs > 0 || this.files > 0 || this.readers > 0;
  }

  /** A copy that counted was none: what is not repaired later is at least to be made once. */
  onDisproved(): void {
    if (!this.#isRepaired) this.wasWhole = false;
  }

  noteWhole(): void {
    this.wasWhole ||= this.copies >= this.target;
  }

  /** After the holder has it among what it holds. */
  addHolder(holder: Holder): void {
    assert(!this.#holders.includes(holder), 'a holder is added once');
    if (!this.#isElsewhere(holder)) this.copies++;
    // A list that grows by itself, or is spread, takes room for sixteen more.
    if (this.#holders.length < FEW) this.#holders = this.#holders.concat(holder);
    else this.#holders.push(holder);
    this.#avoided = without(this.#avoided, holder);
    this.noteWhole();
  }

  removeHolder(holder: Holder): void {
    this.#holders = without(this.#holders, holder);
    if (!this.#isElsewhere(holder)) this.copies--;
  }

  holders(): readonly Holder[] {
    return this.#holders;
  }

  identities(): VolunteerId[] {
    return [...new Set(this.#holders.map(({ volunteer }) => volunteer))];
  }

  addPending(holder: Holder): void {
    this.#pending = [...this.#pending, holder];
  }

  removePending(holder: Holder): void {
    this.#pending = without(this.#pending, holder);
  }

  isPendingAt(holder: Holder): boolean {
    return this.#pending.includes(holder);
  }

  pendingHolders(): readonly Holder[] {
    return this.#pending;
  }

  /** The first few: enough to tell who may fail together. */
  havingOrAwaiting(): readonly Holder[] {
    return [...this.#holders.slice(0, FEW), ...this.#pending];
  }

  avoid(holder: Holder): void {
    if (this.#avoided.includes(holder)) return;
    const kept = this.#avoided.length >= AVOIDED_MAX ? NONE : this.#avoided;
    this.#avoided = [...kept, holder];
  }

  avoidNobody(): void {
    this.#avoided = NONE;
  }

  joinStripe(stripe: Stripe): void {
    stripe.pieces.add(this);
    if (!this.stripes.includes(stripe)) this.stripes = [...this.stripes, stripe];
  }

  /** Returns those that nothing is left of. */
  leaveStripes(): Stripe[] {
    const { stripes } = this;
    this.stripes = NONE;
    for (const stripe of stripes) stripe.pieces.delete(this);
    return stripes.filter(({ pieces }) => pieces.size === 0);
  }

  /** Whether a tab of the same identity has it or was asked to. */
  hasOrAwaits({ tabs }: Holder): boolean {
    for (const tab of tabs) if (tab.held.has(this.shard) || this.isPendingAt(tab)) return true;
    return false;
  }

  /** How many other pieces of its stripe are with the same identity, or on their way there. */
  crowdAt(holder: Holder): number {
    let most = 0;
    for (const stripe of this.stripes) {
      let crowd = 0;
      for (const piece of stripe.pieces) {
        if (piece !== this && piece.hasOrAwaits(holder)) crowd++;
      }
      most = Math.max(most, crowd);
    }
    return most;
  }

  /** Never a second copy on one identity, never more than a target can fetch at a time. */
  mayGoTo(holder: Holder): boolean {
    if (holder.isDistrusted || holder.pending >= SHARD_LIMITS.REPLICATIONS_PER_TARGET_MAX)
      return false;
    return !this.#avoided.includes(holder) && !this.hasOrAwaits(holder);
  }

  /** Those named go to the back, so that a shard many want is asked of all its holders in turn. */
  nextPeers(limit: number, asking: SessionId | undefined): PeerId[] {
    const named = new Map<VolunteerId, Holder>();
    for (const holder of this.#holders) {
      if (named.size >= limit) break;
      if (holder.session === asking || named.has(holder.volunteer)) continue;
      named.set(holder.volunteer, holder);
    }
    const chosen = new Set(named.values());
    this.#holders = [...this.#holders.filter((holder) => !chosen.has(holder)), ...chosen];
    return [...chosen].map(({ peer }) => peer);
  }

  #isElsewhere(holder: Holder): boolean {
    for (const tab of holder.tabs) if (tab !== holder && tab.held.has(this.shard)) return true;
    return false;
  }
}

function without<T>(list: readonly T[], item: T): T[] {
  const left = list.filter((each) => each !== item);
  return left.length === 0 ? NONE : left;
}
