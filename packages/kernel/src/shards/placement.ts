import type { PeerId, Prng, SessionId, ShardId, VolunteerId } from '@manytabs/protocol';
import { SHARD_LIMITS } from './shard-limits.ts';

/** What volunteers that may fail together have in common; none where it is not known. */
export interface Site {
  readonly network?: string | undefined;
  readonly browser?: string | undefined;
}

/** `Firefox 128 on Linux`, and whatever else says its name first. */
export function browserOf(agent: string): string | undefined {
  return /^[A-Za-z]+/.exec(agent)?.[0];
}

/** A linked volunteer as placement sees it. */
export interface Holder {
  readonly session: SessionId;
  readonly peer: PeerId;
  readonly volunteer: VolunteerId;
  readonly site: Site;
  /** All tabs of its identity that are here, itself among them. */
  readonly tabs: ReadonlySet<Holder>;
  /** Wanted shards it reported. */
  readonly held: Set<ShardId>;
  heldBytes: number;
  /** Replications it was asked for and has not reported. */
  pending: number;
  pendingBytes: number;
  /** Replications it never reported in time, in this session. */
  misses: number;
  /** Told a lie about a shard: it gets none, and those it has count for nothing. */
  isDistrusted: boolean;
  /** How much heavier a shard weighs here, as this volunteer does not stay for long. */
  readonly burden: number;
}

const KINSHIP_MAX = 2.5;
const MISS_BYTES = 64 * 1024 * 1024;
/** So that even the first shard goes to one that stays. */
const SHARE_BYTES = 1024 * 1024;

/** What a holder carries, in bytes; one that misses its promises counts as a heavily loaded one. */
export function loadOf(holder: Holder): number {
  const carried = holder.heldBytes + holder.pendingBytes + SHARE_BYTES;
  return carried * holder.burden + holder.misses * MISS_BYTES;
}

/** Copies under one roof count as so much less than apart that twice the load is borne for it. */
const SAME_NETWORK = 1;
const SAME_BROWSER = 0.25;

/** How much heavier a shard weighs on one that may fail together with others which have it. */
export function kinship(holder: Holder, others: readonly Holder[]): number {
  let kin = 1;
  for (const { site } of others) {
    if (isSame(site.network, holder.site.network)) kin += SAME_NETWORK;
    if (isSame(site.browser, holder.site.browser)) kin += SAME_BROWSER;
  }
  return Math.min(kin, KINSHIP_MAX);
}

function isSame(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a === b;
}

/**
 * The least loaded holder that may take the shard. Up to CANDIDATES_MAX holders all are compared; above that, a random
 * sample of them, which keeps the load within a constant of the best at a constant price (the power of d choices).
 */
export function placeShard(
  holders: readonly Holder[],
  { mayTake, having }: { mayTake(holder: Holder): boolean; readonly having: readonly Holder[] },
  prng: Prng,
): Holder | undefined {
  let best: Holder | undefined;
  let least = Number.POSITIVE_INFINITY;
  const start = prng.int(holders.length);
  const all = holders.length <= SHARD_LIMITS.CANDIDATES_MAX;
  const looks = all ? holders.length : SHARD_LIMITS.CANDIDATES_MAX;
  for (let i = 0; i < looks; i++) {
    const index = all ? (start + i) % holders.length : prng.int(holders.length);
    const holder = holders[index] as Holder;
    if (!mayTake(holder)) continue;
    const load = loadOf(holder) * kinship(holder, having);
    if (load < least) [best, least] = [holder, load];
  }
  return best;
}
