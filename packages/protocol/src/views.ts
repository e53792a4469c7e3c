import type { ErrorCode } from './errors.ts';
import type { JobId, ShardId, VolunteerId } from './ids.ts';
import type {
  Compare,
  JobSpec,
  Module,
  Program,
  Quorum,
  ShardRef,
  Source,
  Tier,
} from './messages/job-spec.ts';

// What the coordinator shows of itself to submitters; plain data.

export type JobState = 'running' | 'paused' | 'done' | 'partial' | 'failed' | 'cancelled';

export function hasEnded(state: JobState): boolean {
  return state !== 'running' && state !== 'paused';
}

/** What it takes to run a task again: its program, and where its input is. */
export interface TaskSource {
  readonly program: Program;
  /** The list that its input is in, and the task of its first row. */
  readonly chunk?: ShardRef | undefined;
  readonly chunkFrom: number;
  readonly compare?: Compare | undefined;
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

/** Shards of the input files in the bundles given out. */
export interface JobLocality {
  readonly shards: number;
  /** Of those, with the volunteer already. */
  readonly local: number;
  /** How many would be there if bundles were dealt out blindly. */
  readonly byChance: number;
}

/** Half, nine in ten and ninety-nine in a hundred took no longer; in ms. */
export interface Quantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Of the executions that were reported since the coordinator that tells it has had the job. */
export interface JobTimes {
  /** Of one task; those of a bundle count as equally long. */
  readonly computing: Quantiles;
  /** From the assignment, or the report before it, to the report, without the computing. */
  readonly waiting: Quantiles;
}

/** Since the coordinator that tells it has had the job. */
export interface JobCost {
  /** That were reported, whatever became of them. */
  readonly executions: number;
  /** Tasks that became final or failed. */
  readonly decided: number;
  /** Of all results that were taken, votes among them. */
  readonly resultBytes: number;
  /** Of the program and the inputs, for each volunteer that did not have them. */
  readonly givenBytes: number;
}

export interface JobView {
  /** Which jobs its inputs are results of. */
  readonly source?: Source | undefined;
  readonly cost?: JobCost | undefined;
  readonly times?: JobTimes | undefined;
  /** Of a job whose inputs are files of the grid. */
  readonly locality?: JobLocality | undefined;
  readonly jobId: JobId;
  readonly name: string;
  readonly state: JobState;
  readonly reason: string;
  readonly owner: string;
  readonly priority: number;
  readonly quorum: Quorum;
  /** Where credibility decides and not the quorum. */
  readonly tier?: Tier | undefined;
  readonly compare?: Compare | undefined;
  /** Audits of single results, tasks computed again for them, and provisional results that were taken back. */
  readonly checks?:
    | { readonly audits: number; readonly auditedTasks: number; readonly retracted: number }
    | undefined;
  readonly view: JobSpec['view'];
  readonly kind: Module['kind'];
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
  readonly errors: readonly ErrorGroup[];
}

/** Errors of executions that differ in numbers at most; `message` is that of the first. */
export interface ErrorGroup {
  readonly code: ErrorCode;
  readonly message: string;
  readonly count: number;
  /** One of them, as far as it is remembered. */
  readonly example?: ErrorExample | undefined;
}

export interface ErrorExample {
  readonly index: number;
  readonly volunteer?: VolunteerId | undefined;
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
  /** Its word decides: it presented a token of the grid. */
  readonly trusted?: boolean | undefined;
  /** Results that were checked and right since the last that was not, at the module it is best known for. */
  readonly checked?: number | undefined;
  readonly faults?: number | undefined;
  readonly quarantinedAt?: number | undefined;
  readonly quarantinedUntil?: number | undefined;
  readonly busyMs: number;
  readonly shards: number;
  readonly shardBytes: number;
}

/** A volunteer as it counts in a vote. */
export interface StandingView {
  readonly volunteer: VolunteerId;
  readonly trusted: boolean;
  readonly checked: number;
  /** The chance that a result of it is wrong. */
  readonly errorChance: number;
}

/** Why the result of a task is believed, or what is missing. */
export interface Belief {
  readonly index: number;
  readonly tier: Tier | 'none';
  /** `ended`: its job ended before, or too long ago to tell. */
  readonly state: 'waiting' | 'provisional' | 'final' | 'failed' | 'ended';
  readonly confidence: number | undefined;
  /** Whose equal results made it final. */
  readonly voters: readonly VolunteerId[];
  /** Of a task that is not final: who said the same, and how sure that is. */
  readonly groups: readonly {
    readonly voters: readonly StandingView[];
    readonly confidence: number | undefined;
    /** Who checked it and calls it wrong. */
    readonly objectors?: readonly VolunteerId[];
  }[];
  readonly isAudited: boolean;
  readonly disagreements: readonly Disagreement[];
  readonly story: readonly StoryRow[];
  readonly waitsFor: string | undefined;
}

/** Somebody who was found wrong too often. */
export interface QuarantineView {
  readonly volunteer: VolunteerId;
  readonly at: number;
  readonly until: number;
  readonly valid: number;
  readonly invalid: number;
  readonly isHere: boolean;
  /** The newest tasks it was wrong at. */
  readonly seen: readonly {
    readonly at: number;
    readonly jobId: JobId;
    readonly index: number;
  }[];
}

export interface StoryRow {
  readonly at: number;
  readonly cause: string;
  readonly text: string;
}

/** `unneeded`: others decided the tasks first, or the job ended. */
export type AttemptOutcome = 'reported' | 'failed' | 'lost' | 'unneeded' | 'running';

/** Tasks `[from, to)` as one volunteer had them, until a report, a failure or a loss; ms since the epoch. */
export interface AttemptRow {
  readonly volunteer: VolunteerId;
  readonly from: number;
  readonly to: number;
  /** Assigned, or what came before them of the same bundle was reported. */
  readonly givenAt: number;
  /** As far as the computing time tells that was reported. */
  readonly startedAt: number;
  readonly endedAt: number | undefined;
  readonly outcome: AttemptOutcome;
  /** A second copy of what took too long elsewhere. */
  readonly isSpeculative: boolean;
}

/** A part of the attempts of a job, in the order of their ends. */
export interface AttemptsPage {
  readonly rows: readonly AttemptRow[];
  /** The place to go on from. */
  readonly next: number;
  /** Nothing has ended after these. */
  readonly isLast: boolean;
  /** False where some before them are no longer kept. */
  readonly isWhole: boolean;
  /** Attempts that have not ended, as many as one answer holds; with the last part. */
  readonly underWay?: readonly AttemptRow[] | undefined;
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
  /** The origin that the sandbox page is served from, if not the grid's; `*.` stands for any name. */
  readonly sandbox?: string | undefined;
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
