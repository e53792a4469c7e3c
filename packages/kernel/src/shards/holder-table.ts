import {
  assert,
  type Prng,
  type SessionId,
  type ShardId,
  type VolunteerId,
} from '@manytabs/protocol';
import type { Holder } from './placement.ts';

export type Arrival = Pick<
  Holder,
  'session' | 'peer' | 'volunteer' | 'site' | 'burden' | 'isDistrusted'
>;

/** The volunteers that are here, by session and by identity, and dense, so that one can be drawn. */
export class HolderTable {
  readonly dense: Holder[] = [];
  readonly #holders = new Map<SessionId, Holder>();
  readonly #position = new Map<Holder, number>();
  readonly #tabs = new Map<VolunteerId, Set<Holder>>();

  get size(): number {
    return this.dense.length;
  }

  get(session: SessionId): Holder | undefined {
    return this.#holders.get(session);
  }

  join(arrival: Arrival): Holder {
    const { session, volunteer } = arrival;
    assert(!this.#holders.has(session), 'a session joins once');
    const tabs = this.#tabs.get(volunteer) ?? new Set();
    const none = { heldBytes: 0, pending: 0, pendingBytes: 0, misses: 0 };
    const holder: Holder = { ...arrival, ...none, tabs, held: new Set() };
    this.#tabs.set(volunteer, tabs.add(holder));
    this.#holders.set(session, holder);
    this.#position.set(holder, this.dense.push(holder) - 1);
    return holder;
  }

  /** Once it holds nothing any more. */
  leave(holder: Holder): void {
    this.#holders.delete(holder.session);
    const tabs = this.#tabs.get(holder.volunteer);
    tabs?.delete(holder);
    if (tabs?.size === 0) this.#tabs.delete(holder.volunteer);
    this.#removeDense(holder);
  }

  /** Identities that may be given shards. */
  trusted(): number {
    let count = 0;
    for (const tabs of this.#tabs.values())
      for (const tab of tabs) {
        if (!tab.isDistrusted) count++;
        break;
      }
    return count;
  }

  /** A shard that some volunteer holds, any one of them with the same chance. */
  drawHeld(prng: Prng): { session: SessionId; shard: ShardId } | undefined {
    const holder = this.dense[prng.int(Math.max(1, this.dense.length))];
    if (!holder || holder.held.size === 0) return undefined;
    let at = prng.int(holder.held.size);
    for (const shard of holder.held) if (at-- === 0) return { session: holder.session, shard };
    return undefined;
  }

  check(): void {
    for (const holder of this.dense) {
      const place = this.#position.get(holder) ?? -1;
      assert(this.dense[place] === holder, 'a holder knows its place');
      assert(holder.tabs.has(holder), 'a holder is a tab of its identity');
    }
  }

  #removeDense(holder: Holder): void {
    const index = this.#position.get(holder);
    const last = this.dense.pop();
    assert(index !== undefined && last, 'a holder knows its place');
    this.#position.delete(holder);
    if (last === holder) return;
    this.dense[index] = last;
    this.#position.set(last, index);
  }
}
