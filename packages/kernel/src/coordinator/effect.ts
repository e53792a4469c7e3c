import type {
  Column,
  CoordinatorMessage,
  ErrorCode,
  InputChunk,
  JobId,
  JobSpec,
  JobState,
  SessionId,
  ShardId,
  VolunteerId,
} from '@manytabs/protocol';

/** One execution that failed. */
export interface Try {
  readonly by: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What a volunteer is known for at a module, written now and then, and whether it is shut out. */
export interface StandingRecord {
  readonly type: 'standing';
  readonly at: number;
  readonly volunteer: VolunteerId;
  readonly module: ShardId;
  /** Results that were checked and right since the last that was not. */
  readonly checked: number;
  readonly faults: number;
  /** Until when it is quarantined, if it is. */
  readonly until?: number | undefined;
}

/** A fact that outlives the process. Appended in order; partition is the job, or that of all standings. */
export type JournalRecord = JobRecord | StandingRecord;

export type JobRecord =
  | {
      readonly type: 'job-submitted';
      readonly at: number;
      readonly jobId: JobId;
      readonly owner: string;
      readonly spec: JobSpec;
    }
  | {
      readonly type: 'job-extended';
      readonly at: number;
      readonly jobId: JobId;
      readonly chunk: InputChunk | undefined;
      readonly last: boolean;
    }
  | {
      readonly type: 'job-state';
      readonly at: number;
      readonly jobId: JobId;
      readonly state: JobState;
      readonly reason: string;
    }
  /** Computing time spent on a job that has a budget; now and then. */
  | {
      readonly type: 'job-spent';
      readonly at: number;
      readonly jobId: JobId;
      readonly busyMs: number;
    }
  /** A result that still needs votes; journaled so that a restart does not compute it again. */
  | {
      readonly type: 'vote-received';
      readonly at: number;
      readonly jobId: JobId;
      readonly volunteer: VolunteerId;
      readonly column: Column;
    }
  /** Canonical results of the tasks of the column; exactly once for every task. */
  | {
      readonly type: 'tasks-final';
      readonly at: number;
      readonly jobId: JobId;
      readonly column: Column;
      readonly voters: readonly VolunteerId[];
      /** The chance that they are right, where credibility decided. */
      readonly confidence?: number | undefined;
    }
  /** The other way a task ends, exactly once. */
  | {
      readonly type: 'task-failed';
      readonly at: number;
      readonly jobId: JobId;
      readonly index: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly attempts: number;
      /** The executions that failed, oldest first. */
      readonly tries: readonly Try[];
    }
  | {
      readonly type: 'volunteers-disagreed';
      readonly at: number;
      readonly jobId: JobId;
      readonly index: number;
      readonly winners: readonly VolunteerId[];
      readonly losers: readonly VolunteerId[];
    };

/** What many decisions came to, in the place of their records. */
export interface Settlement {
  readonly type: 'tasks-settled';
  readonly at: number;
  readonly jobId: JobId;
  /** Runs of tasks: from, to, from, to, … */
  readonly final: readonly number[];
  readonly failed: readonly number[];
  /** Of the rows of final tasks. */
  readonly bytes: number;
  /** `checked`: tasks that others agreed on. */
  readonly voters: readonly {
    readonly volunteer: VolunteerId;
    readonly tasks: number;
    readonly checked: number;
  }[];
  readonly errors: readonly {
    readonly code: ErrorCode;
    readonly message: string;
    readonly count: number;
  }[];
}

/** A record as it comes back: the values of final tasks are read by submitters, not by the machine. */
export type ReplayedRecord = ReplayedJobRecord | StandingRecord;

export type ReplayedJobRecord =
  | Settlement
  | Exclude<JobRecord, { type: 'tasks-final' }>
  | {
      readonly type: 'tasks-final';
      readonly at: number;
      readonly jobId: JobId;
      readonly from: number;
      readonly to: number;
      readonly voters: readonly VolunteerId[];
      readonly confidence?: number | undefined;
      /** Of their values. */
      readonly bytes?: number | undefined;
    };

/** What the coordinator asks of the world, to be done in order: a send waits for the appends before it. */
export type CoordinatorEffect =
  | { readonly type: 'append'; readonly record: JournalRecord }
  | { readonly type: 'send'; readonly to: SessionId; readonly message: CoordinatorMessage }
  /** The job ended so long ago that its journal and rows are to be dropped. */
  | { readonly type: 'forget'; readonly jobId: JobId }
  /** Send the bytes of a shard from the origin copy, ahead of what follows to this session where it is small. */
  | { readonly type: 'send-shard'; readonly to: SessionId; readonly shard: ShardId }
  | {
      readonly type: 'close';
      readonly session: SessionId;
      readonly code: ErrorCode;
      readonly message: string;
    }
  /** The best known results of tasks that are not final, for people watching: not kept. */
  | {
      readonly type: 'provisional';
      readonly jobId: JobId;
      readonly column: Column;
      readonly confidence: number;
    }
  /** What was told of these tasks does not hold any more: not kept. */
  | {
      readonly type: 'retracted';
      readonly jobId: JobId;
      readonly from: number;
      readonly to: number;
    }
  /** Have this volunteer prove that it holds the shard; `shard-refuted` follows if it does not. */
  | { readonly type: 'check-shard'; readonly session: SessionId; readonly shard: ShardId }
  /** A volunteer is shut out until then: for the audit log. */
  | { readonly type: 'quarantined'; readonly volunteer: VolunteerId; readonly until: number }
  /** For people watching: not kept. */
  | {
      readonly type: 'log';
      readonly jobId: JobId;
      readonly index: number;
      readonly volunteer: VolunteerId;
      readonly text: string;
    }
  | ({
      readonly type: 'preview';
      readonly jobId: JobId;
      readonly index: number;
      readonly volunteer: VolunteerId;
    } & Picture)
  | {
      readonly type: 'retry';
      readonly jobId: JobId;
      readonly index: number;
      readonly volunteer: VolunteerId;
      readonly code: ErrorCode;
      readonly message: string;
      readonly attempt: number;
    };

/** Of so many bytes that they fit: four a pixel. */
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}
