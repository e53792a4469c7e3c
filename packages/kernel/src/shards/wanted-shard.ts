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
const FROM_ORIGIN_MAX = 2;

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
  readonly stripes = new Set<Stripe>();
  #fileCopies = 0;
  #hasFileOrigin = false;
  #isRepaired = false;
  /** By identity, so that two tabs of one volunteer count as one copy. */
  readonly #holders = new Map<VolunteerId, Holder[]>();
  readonly #pending = new Set<Holder>();
  /** Targets that failed lately; others are tried first. */
  readonly #avoided = new Set<Holder>();

  constructor(shard: ShardId, bytes: number) {
    this.shard = shard;
    this.bytes = bytes;
  }

  /** Copies on distinct identities. */
  get copies(): number {
    return this.#holders.size;
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
    if (this.#holders.size + this.#pending.size >= target) return false;
    if (this.wasWhole && this.jobs === 0 && !this.#isRepaired) return false;
    if (this.#holders.size > 0) return true;
    // The first copies go out from the coordinator, the others from tab to tab.
    return this.hasOrigin && this.#pending.size < FROM_ORIGIN_MAX;
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
    this.wasWhole ||= this.#holders.size >= this.target;
  }

  addHolder(holder: Holder): void {
    const tabs = this.#holders.get(holder.volunteer);
    assert(!tabs?.includes(holder), 'a holder is added once');
    if (tabs) tabs.push(holder);
    else this.#holders.set(holder.volunteer, [holder]);
    this.#avoided.delete(holder);
    this.noteWhole();
  }

  removeHolder(holder: Holder): void {
    const tabs = this.#holders.get(holder.volunteer)?.filter((tab) => tab !== holder) ?? [];
    if (tabs.length > 0) this.#holders.set(holder.volunteer, tabs);
    else this.#holders.delete(holder.volunteer);
  }

  holders(): Holder[] {
    return [...this.#holders.values()].flat();
  }

  identities(): VolunteerId[] {
    return [...this.#holders.keys()];
  }

  addPending(holder: Holder): void {
    this.#pending.add(holder);
  }

  removePending(holder: Holder): void {
    this.#pending.delete(holder);
  }

  isPendingAt(holder: Holder): boolean {
    return this.#pending.has(holder);
  }

  pendingHolders(): Holder[] {
    return [...this.#pending];
  }

  avoid(holder: Holder): void {
    if (this.#avoided.size >= AVOIDED_MAX) this.#avoided.clear();
    this.#avoided.add(holder);
  }

  avoidNobody(): void {
    this.#avoided.clear();
  }

  hasOrAwaits(volunteer: VolunteerId): boolean {
    if (this.#holders.has(volunteer)) return true;
    for (const pending of this.#pending) if (pending.volunteer === volunteer) return true;
    return false;
  }

  /** How many other pieces of its stripe are with the same identity, or on their way there. */
  crowdAt({ volunteer }: Holder): number {
    let most = 0;
    for (const stripe of this.stripes) {
      let crowd = 0;
      for (const piece of stripe.pieces) {
        if (piece !== this && piece.hasOrAwaits(volunteer)) crowd++;
      }
      most = Math.max(most, crowd);
    }
    return most;
  }

  /** Never a second copy on one identity, never more than a target can fetch at a time. */
  mayGoTo(holder: Holder): boolean {
    if (holder.isDistrusted || holder.pending >= SHARD_LIMITS.REPLICATIONS_PER_TARGET_MAX)
      return false;
    return !this.#avoided.has(holder) && !this.hasOrAwaits(holder.volunteer);
  }

  /** Those named go to the back, so that a shard many want is asked of all its holders in turn. */
  nextPeers(limit: number, asking: SessionId | undefined): PeerId[] {
    const peers: PeerId[] = [];
    const named: [VolunteerId, Holder[]][] = [];
    for (const [volunteer, tabs] of this.#holders) {
      if (peers.length >= limit) break;
      const tab = tabs.find((each) => each.session !== asking);
      if (!tab) continue;
      peers.push(tab.peer);
      named.push([volunteer, tabs]);
    }
    for (const [volunteer, tabs] of named) {
      this.#holders.delete(volunteer);
      this.#holders.set(volunteer, tabs);
    }
    return peers;
  }
}
