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

/** A shard that at least one job needs: who holds it, and who was asked to. */
export class WantedShard {
  readonly shard: ShardId;
  readonly bytes: number;
  /** Jobs that need it. */
  jobs = 1;
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

  isShort(): boolean {
    return this.#holders.size + this.#pending.size < replicasFor(this.bytes);
  }

  addHolder(holder: Holder): void {
    const tabs = this.#holders.get(holder.volunteer);
    assert(!tabs?.includes(holder), 'a holder is added once');
    if (tabs) tabs.push(holder);
    else this.#holders.set(holder.volunteer, [holder]);
    this.#avoided.delete(holder);
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

  /** Never a second copy on one identity, never more than a target can fetch at a time. */
  mayGoTo(holder: Holder): boolean {
    if (holder.pending >= SHARD_LIMITS.REPLICATIONS_PER_TARGET_MAX) return false;
    if (this.#holders.has(holder.volunteer) || this.#avoided.has(holder)) return false;
    for (const pending of this.#pending) if (pending.volunteer === holder.volunteer) return false;
    return true;
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
