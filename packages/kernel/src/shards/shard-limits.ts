import { assert, LIMITS } from '@manytabs/protocol';

/** Bounds of placement; docs/spec/volunteer-and-shards.md names what happens at each. */
export const SHARD_LIMITS = {
  /** Replications asked of one volunteer at a time. */
  REPLICATIONS_PER_TARGET_MAX: 4,
  /** Replications under way in the whole grid. */
  REPLICATIONS_MAX: 256,
  /** A target that has not reported the shard by then is given up for another. */
  REPLICATION_TIMEOUT_MS: 60_000,
  /** Volunteers looked at to find the least loaded one. */
  CANDIDATES_MAX: 16,
  /** Shards that found no target before one call gives up for now. */
  FAILED_PLACEMENTS_MAX: 32,
  /** How long placement rests when nobody can take a shard and nothing changes. */
  STUCK_MS: 5_000,
  /** Unwanted shards remembered for one volunteer until it is told to drop them. */
  DROPS_PER_VOLUNTEER_MAX: 4 * LIMITS.HELD_SHARDS_PER_REPORT_MAX,
  /** Copied again after a loss, in the whole grid. */
  REPAIR_BYTES_PER_SECOND: 32 * 1024 * 1024,
  /** How often a random copy in the grid is asked to prove itself, for each volunteer that is here. */
  SCRUB_MS_PER_VOLUNTEER: 2_000,
  SCRUB_MS_MIN: 100,
  /** So many get a shard that nobody has from the coordinator; whoever else wants it waits for them. */
  FROM_ORIGIN_MAX: 2,
  /** So many who wait are sent to each that has come to have it. */
  SPREAD_PER_HOLDER: 2,
  /** Who has waited so long goes to the coordinator after all. */
  SPREAD_WAIT_MS: 15_000,
  /** Who has not reported it by then counts no longer as getting it. */
  SPREAD_GETTING_MS: 30_000,
  /** Holders named to one that asks, and to one that is asked to keep a copy. */
  LOCATED_MAX: 8,
  HOLDERS_MAX: 32,
} as const;

assert(
  SHARD_LIMITS.REPLICATIONS_PER_TARGET_MAX < SHARD_LIMITS.REPLICATIONS_MAX,
  'one target never takes every replication',
);

/** Copies on distinct identities that a shard of this size should have; a small one travels with its assignments. */
export function replicasFor(bytes: number): number {
  return bytes > LIMITS.INLINE_SHARD_BYTES ? LIMITS.SHARD_REPLICAS : 0;
}
