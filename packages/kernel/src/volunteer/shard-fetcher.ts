import {
  assert,
  COORDINATOR_PEER_ID,
  type JobId,
  type LeaseId,
  LIMITS,
  type PeerId,
  type Prng,
  type ShardId,
  type ShardRef,
} from '@manytabs/protocol';
import type { VolunteerEffect } from './effect.ts';
import { VOLUNTEER_LIMITS } from './volunteer-limits.ts';

/** Who waits for a shard: a job, a lease, or the coordinator's wish to keep it. */
export type Waiter = JobId | LeaseId | 'keep';

type FetchState =
  /** Small: it should arrive by itself. */
  | 'awaiting-push'
  | 'queued'
  | 'locating'
  | 'fetching'
  /** All sources failed; it waits for the next round. */
  | 'resting';

export interface Want {
  readonly shard: ShardId;
  readonly bytes: number;
  readonly waiters: Set<Waiter>;
  state: FetchState;
  /** When the state has lasted long enough. */
  dueAt: number;
  /** Whom it is being fetched from. */
  from: PeerId | undefined;
  /** Who else has it, next first; undefined until that is known. */
  sources: PeerId[] | undefined;
  rounds: number;
}

/**
 * Gets shards from tabs first and the coordinator last. One fetch a shard, a bounded number at a time; a source that
 * fails is followed by the next, and a round that fails by a longer rest, until the shard is given up.
 */
export class ShardFetcher {
  readonly #prng: Prng;
  readonly #wants = new Map<ShardId, Want>();
  readonly #queued = new Set<Want>();
  readonly #givenUp: Want[] = [];
  #active = 0;
  #linked = false;
  /** Never later than the earliest `dueAt`. */
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  get activeCount(): number {
    return this.#active;
  }

  get size(): number {
    return this.#wants.size;
  }

  wakeAt(): number | undefined {
    return Number.isFinite(this.#dueAt) ? this.#dueAt : undefined;
  }

  want({ shard, bytes }: ShardRef, waiter: Waiter, at: number): void {
    const known = this.#wants.get(shard);
    if (known) {
      known.waiters.add(waiter);
      return;
    }
    const want: Want = {
      shard,
      bytes,
      waiters: new Set([waiter]),
      state: 'queued',
      dueAt: Number.POSITIVE_INFINITY,
      from: undefined,
      sources: undefined,
      rounds: 0,
    };
    this.#wants.set(shard, want);
    const isPushed = bytes <= LIMITS.INLINE_SHARD_BYTES && waiter !== 'keep';
    if (isPushed) this.#move(want, 'awaiting-push', at + VOLUNTEER_LIMITS.PUSH_WAIT_MS);
    else this.#queued.add(want);
  }

  /** Nobody waits any longer; a fetch that is under way still ends. */
  cancel(shard: ShardId, waiter: Waiter): void {
    const want = this.#wants.get(shard);
    if (!want) return;
    want.waiters.delete(waiter);
    if (want.waiters.size === 0 && !isActive(want)) this.#delete(want);
  }

  /** Returns what was wanted. */
  cancelAll(): Want[] {
    const wants = [...this.#wants.values()];
    for (const want of wants) this.#delete(want);
    return wants;
  }

  onLinked(): void {
    this.#linked = true;
  }

  /** What was being located starts again with the next link; a fetch from a tab goes on. */
  onUnlinked(): void {
    this.#linked = false;
    for (const want of this.#wants.values()) if (want.state === 'locating') this.#requeue(want);
  }

  onHolders(
    answer: { shard: ShardId; peers: readonly PeerId[] },
    at: number,
    effects: VolunteerEffect[],
  ): void {
    const want = this.#wants.get(answer.shard);
    if (want?.state !== 'locating') return;
    want.sources = this.#order(answer.peers);
    this.#tryNext(want, at, effects);
  }

  /** Peers that a `replicate` names, so that nobody need be asked. */
  suggest(shard: ShardId, peers: readonly PeerId[]): void {
    const want = this.#wants.get(shard);
    if (want?.state === 'queued' && !want.sources) want.sources = this.#order(peers);
  }

  onStored(shard: ShardId): Want | undefined {
    const want = this.#wants.get(shard);
    if (want) this.#delete(want);
    return want;
  }

  onFailed(failed: { shard: ShardId; from: PeerId }, at: number, effects: VolunteerEffect[]): void {
    const want = this.#wants.get(failed.shard);
    if (want?.state !== 'fetching' || want.from !== failed.from) return;
    this.#tryNext(want, at, effects);
  }

  /** Lets what is due happen, then starts what there is room for. */
  advance(at: number, effects: VolunteerEffect[]): void {
    if (at >= this.#dueAt) this.#onDue(at, effects);
    if (!this.#linked) return;
    for (const want of this.#queued) {
      if (this.#active >= VOLUNTEER_LIMITS.FETCHES_MAX) return;
      this.#start(want, at, effects);
    }
  }

  /** Shards that no source could give after all rounds, each once. */
  takeGivenUp(): Want[] {
    return this.#givenUp.splice(0);
  }

  check(): void {
    let active = 0;
    for (const want of this.#wants.values()) {
      if (isActive(want)) active++;
      assert(this.#queued.has(want) === (want.state === 'queued'), 'a queued want is in the queue');
      assert(want.dueAt >= this.#dueAt, 'the next thing due is known');
      assert(want.waiters.size > 0 || isActive(want), 'somebody waits for it');
    }
    assert(active === this.#active, 'fetches are counted');
    assert(active <= VOLUNTEER_LIMITS.FETCHES_MAX, 'fetches are bounded');
  }

  #start(want: Want, at: number, effects: VolunteerEffect[]): void {
    if (want.sources) {
      this.#tryNext(want, at, effects);
      return;
    }
    if (want.bytes <= LIMITS.INLINE_SHARD_BYTES) {
      want.sources = [COORDINATOR_PEER_ID];
      this.#tryNext(want, at, effects);
      return;
    }
    this.#move(want, 'locating', at + VOLUNTEER_LIMITS.LOCATE_TIMEOUT_MS);
    effects.push({ type: 'send', message: { type: 'locate', shard: want.shard } });
  }

  #tryNext(want: Want, at: number, effects: VolunteerEffect[]): void {
    if (want.waiters.size === 0) {
      this.#delete(want);
      return;
    }
    const from = want.sources?.shift();
    if (!from) {
      this.#endRound(want, at);
      return;
    }
    want.from = from;
    this.#move(want, 'fetching', at + VOLUNTEER_LIMITS.FETCH_TIMEOUT_MS);
    effects.push({ type: 'fetch', shard: want.shard, from });
  }

  #endRound(want: Want, at: number): void {
    want.from = undefined;
    want.sources = undefined;
    // Without a link even the coordinator fails; that says nothing about the shard.
    if (!this.#linked) {
      this.#requeue(want);
      return;
    }
    want.rounds++;
    if (want.rounds >= VOLUNTEER_LIMITS.FETCH_ROUNDS_MAX) {
      this.#delete(want);
      this.#givenUp.push(want);
      return;
    }
    const restMs = VOLUNTEER_LIMITS.BACKOFF_MS * 2 ** want.rounds;
    this.#move(want, 'resting', at + Math.min(restMs, VOLUNTEER_LIMITS.BACKOFF_MS_MAX));
  }

  #onDue(at: number, effects: VolunteerEffect[]): void {
    this.#dueAt = Number.POSITIVE_INFINITY;
    for (const want of [...this.#wants.values()]) {
      if (want.dueAt <= at) this.#onOverdue(want, at, effects);
      this.#dueAt = Math.min(this.#dueAt, want.dueAt);
    }
  }

  #onOverdue(want: Want, at: number, effects: VolunteerEffect[]): void {
    switch (want.state) {
      case 'locating':
        want.sources = [COORDINATOR_PEER_ID];
        this.#tryNext(want, at, effects);
        break;
      case 'fetching':
        this.#tryNext(want, at, effects);
        break;
      default:
        this.#requeue(want);
        break;
    }
  }

  /** A few of the tabs, from a place of our own on, then the coordinator. */
  #order(peers: readonly PeerId[]): PeerId[] {
    const tabs = peers.filter((peer) => peer !== COORDINATOR_PEER_ID);
    const start = this.#prng.int(tabs.length);
    const turned = [...tabs.slice(start), ...tabs.slice(0, start)];
    return [...turned.slice(0, VOLUNTEER_LIMITS.TABS_TRIED_MAX), COORDINATOR_PEER_ID];
  }

  #requeue(want: Want): void {
    if (want.waiters.size === 0) {
      this.#delete(want);
      return;
    }
    this.#move(want, 'queued', Number.POSITIVE_INFINITY);
    this.#queued.add(want);
  }

  #move(want: Want, state: FetchState, dueAt: number): void {
    if (isActive(want)) this.#active--;
    if (want.state === 'queued') this.#queued.delete(want);
    want.state = state;
    want.dueAt = dueAt;
    this.#dueAt = Math.min(this.#dueAt, dueAt);
    if (isActive(want)) this.#active++;
  }

  #delete(want: Want): void {
    if (isActive(want)) this.#active--;
    this.#queued.delete(want);
    this.#wants.delete(want.shard);
    // Whoever still holds the object sees a want that is over.
    want.state = 'resting';
  }
}

function isActive(want: Want): boolean {
  return want.state === 'locating' || want.state === 'fetching';
}
