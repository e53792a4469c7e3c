import { assert, LIMITS } from '@manytabs/protocol';

const MIB = 1024 * 1024;

/** Bounds of one volunteer; docs/spec/volunteer-and-shards.md names what happens at each. */
export const VOLUNTEER_LIMITS = {
  /** Leases held, running ones among them; more are given back. */
  LEASES_MAX: 512,
  /** Jobs remembered; the one without leases that was used longest ago is forgotten first. */
  JOBS_MAX: 1024,
  /** Jobs with a sandbox open. */
  OPEN_JOBS_MAX: 8,
  /** A sandbox without a lease is closed after this long. */
  JOB_IDLE_MS: 60_000,
  /** Results kept while there is no link; the oldest go first. */
  OUTBOX_MESSAGES_MAX: 1024,
  OUTBOX_BYTES_MAX: 32 * MIB,
  /** Shards being located or fetched at a time. */
  FETCHES_MAX: 6,
  /** Tabs asked for a shard before the coordinator is. */
  TABS_TRIED_MAX: 4,
  /** Rounds over all sources before a shard is given up. */
  FETCH_ROUNDS_MAX: 4,
  FETCH_TIMEOUT_MS: 60_000,
  /** Longer than the coordinator lets anybody wait for those who get it first. */
  LOCATE_TIMEOUT_MS: 20_000,
  /** A pushed shard comes ahead of its assignment; the wait is for what is being verified. */
  PUSH_WAIT_MS: 50,
  BACKOFF_MS: 1_000,
  BACKOFF_MS_MAX: 30_000,
  /** Shards stored that nothing uses now and nobody asked to keep. */
  IDLE_SHARDS_MAX: 4096,
  IDLE_BYTES_MAX: 128 * MIB,
  /** And of those small enough to be pushed again. */
  IDLE_SMALL_SHARDS_MAX: 256,
  /** Shards kept at the coordinator's wish; more are refused. */
  KEPT_BYTES_MAX: 1024 * MIB,
  KEPT_SHARDS_MAX: 16_384,
  /** How long the last results wait for a link after `finish`. */
  FINISH_WAIT_MS: 10_000,
} as const;

assert(VOLUNTEER_LIMITS.LEASES_MAX < VOLUNTEER_LIMITS.JOBS_MAX, 'some job has no lease');
assert(VOLUNTEER_LIMITS.LEASES_MAX >= 2 * LIMITS.WORKERS_PER_VOLUNTEER_MAX, 'workers can prefetch');
assert(
  VOLUNTEER_LIMITS.OUTBOX_BYTES_MAX >= LIMITS.BULK_BYTES_MAX,
  'the outbox takes at least one result',
);

/** What a person or a page asks for, as so many as there may be. */
export function boundedWorkers(workers: number): number {
  const whole = Number.isFinite(workers) ? Math.floor(workers) : 1;
  return Math.min(Math.max(whole, 0), LIMITS.WORKERS_PER_VOLUNTEER_MAX);
}
