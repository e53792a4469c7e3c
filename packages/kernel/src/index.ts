export { type Compacted, Compaction } from './coordinator/compaction.ts';
export { Coordinator } from './coordinator/coordinator.ts';
export type {
  CoordinatorEffect,
  JobRecord,
  JournalRecord,
  ReplayedJobRecord,
  ReplayedRecord,
  Settlement,
  StandingRecord,
} from './coordinator/effect.ts';
export type { CoordinatorEvent, WorkMessage } from './coordinator/event.ts';
export { isSibling, windowOf } from './coordinator/job.ts';
export { epochOfLease } from './coordinator/lease-table.ts';
export { cutTasks, PART_TASKS_MIN } from './scheduling/cut.ts';
export { SCHEDULING_LIMITS, type SchedulingLimits } from './scheduling/scheduling-limits.ts';
export { SHARD_LIMITS } from './shards/shard-limits.ts';
export { type Replication, type ShardCounts, ShardMap } from './shards/shard-map.ts';
export type { KeptShard } from './shards/wanted-shard.ts';
export {
  arrive,
  type Barrier,
  leave,
  mayGo,
  newBarrier,
} from './sync/barrier.ts';
export { add, type Counter, NEW_COUNTER, seenOf } from './sync/counter.ts';
export { acquire, type LeaseSet, release, renew } from './sync/lease-set.ts';
export { isSameResult } from './validation/close.ts';
export type { DonationPhase } from './volunteer/donation-state.ts';
export type { VolunteerEffect } from './volunteer/effect.ts';
export type { DonorCommand, VolunteerEvent } from './volunteer/event.ts';
export { Volunteer, type VolunteerView } from './volunteer/volunteer.ts';
export { VOLUNTEER_LIMITS } from './volunteer/volunteer-limits.ts';
