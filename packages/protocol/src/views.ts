import type { ErrorCode } from './errors.ts';
import type { JobId, ShardId, VolunteerId } from './ids.ts';
import type { JobSpec, Quorum } from './messages/job-spec.ts';

// What the coordinator shows of itself to submitters; plain data.

export type JobState = 'running' | 'paused' | 'done' | 'partial' | 'failed' | 'cancelled';

export function hasEnded(state: JobState): boolean {
  return state !== 'running' && state !== 'paused';
}

/** Tasks by state; `total` grows while an open list does. */
export interface TaskCounts {
  readonly total: number;
  readonly waiting: number;
  readonly running: number;
  /** Have a result that still needs votes. */
  readonly provisional: number;
  readonly final: number;
  readonly failed: number;
}

export interface JobView {
  readonly jobId: JobId;
  readonly name: string;
  readonly state: JobState;
  readonly reason: string;
  readonly owner: string;
  readonly priority: number;
  readonly quorum: Quorum;
  readonly view: JobSpec['view'];
  readonly kind: 'js' | 'wasm';
  readonly tasks: TaskCounts;
  readonly open: boolean;
  readonly submittedAt: number;
  readonly endedAt: number | undefined;
  /** Final tasks per second, lately. */
  readonly tasksPerSecond: number;
  /** When it should be done, ms from now: optimistic and pessimistic. Unknown until enough results came. */
  readonly etaMs: readonly [number, number] | undefined;
  /** Computing time donated to it. */
  readonly busyMs: number;
  readonly volunteers: readonly { readonly volunteer: VolunteerId; readonly tasks: number }[];
  readonly disagreements: number;
  readonly errors: readonly {
    readonly code: ErrorCode;
    readonly message: string;
    readonly count: number;
  }[];
}

/** A task on which volunteers disagreed, and whose result lost. */
export interface Disagreement {
  readonly at: number;
  readonly index: number;
  readonly winners: readonly VolunteerId[];
  readonly losers: readonly VolunteerId[];
}

export type VolunteerState = 'computing' | 'idle' | 'paused' | 'suspect' | 'quarantined';

export interface NodeView {
  readonly volunteer: VolunteerId;
  readonly agent: string;
  readonly road: string;
  readonly state: VolunteerState;
  readonly workers: number;
  readonly running: number;
  readonly joinedAt: number;
  readonly heardAt: number;
  readonly tasks: number;
  readonly valid: number;
  readonly invalid: number;
  readonly errors: number;
  readonly busyMs: number;
  readonly shards: number;
  readonly shardBytes: number;
}

export interface StoryRow {
  readonly at: number;
  readonly cause: string;
  readonly text: string;
}

/** Why a job does not run, or not faster. */
export interface Explanation {
  readonly state: JobState;
  readonly sentences: readonly string[];
}

export interface LogRow {
  readonly at: number;
  readonly index: number;
  readonly volunteer: VolunteerId;
  readonly text: string;
}

export interface StatusView {
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly volunteers: number;
  readonly workers: number;
  readonly jobs: number;
  readonly tasks: { readonly running: number; readonly final: number };
  readonly files: number;
  readonly bytesStored: number;
  readonly state: GridState;
  /** What the store lacks while the grid stands still: it takes no records, so nothing new is handed out or told. */
  readonly stalled: StallView | null;
  /** Donating takes a token too. */
  readonly private?: boolean | undefined;
}

/** `draining`: it is about to end, takes results and hands out nothing. */
export type GridState = 'ready' | 'stalled' | 'draining';

export interface StallView {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly seconds: number;
}

export interface ShardView {
  readonly shard: ShardId;
  readonly bytes: number;
  readonly holders: readonly VolunteerId[];
}
