import type {
  CoordinatorMessage,
  ErrorCode,
  JobId,
  LeaseId,
  PeerId,
  ShardId,
} from '@manytabs/protocol';

export type DonorCommand =
  | 'start'
  /** Hold running tasks; keep leases; take nothing new. */
  | 'pause'
  /** End what runs, then stop. */
  | 'finish'
  /** Kill what runs and give the leases back. */
  | 'stop';

/** What the world tells the volunteer machine. */
export type VolunteerEvent =
  | { readonly type: 'commanded'; readonly at: number; readonly command: DonorCommand }
  /** A link to the coordinator is up and the volunteer was welcomed on it. */
  | { readonly type: 'linked'; readonly at: number }
  | { readonly type: 'unlinked'; readonly at: number }
  | {
      readonly type: 'message-received';
      readonly at: number;
      readonly message: Exclude<
        CoordinatorMessage,
        {
          type:
            | 'challenge'
            | 'welcome'
            | 'servers'
            | 'shard'
            | 'shard-absent'
            | 'shard-part'
            | 'fetch'
            | 'fetch-part'
            | 'challenge-shard'
            | 'task-space-answer'
            | 'account-answer';
        }
      >;
    }
  /** The runtime is ready for the job's tasks, or cannot be. */
  | { readonly type: 'job-opened'; readonly at: number; readonly jobId: JobId }
  | {
      readonly type: 'job-refused';
      readonly at: number;
      readonly jobId: JobId;
      readonly code: ErrorCode;
      readonly message: string;
    }
  /** A run produced results of consecutive tasks. */
  | {
      readonly type: 'tasks-ran';
      readonly at: number;
      readonly lease: LeaseId;
      readonly from: number;
      readonly count: number;
      readonly values: Uint8Array;
      readonly busyMs: number;
    }
  | {
      readonly type: 'task-failed';
      readonly at: number;
      readonly lease: LeaseId;
      readonly index: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly busyMs: number;
    }
  /** The run of this lease is over; every task of it was reported before. */
  | { readonly type: 'run-ended'; readonly at: number; readonly lease: LeaseId }
  /** A verified shard is in the local store (fetched, pushed, or found there at start). */
  | {
      readonly type: 'shard-stored';
      readonly at: number;
      readonly shard: ShardId;
      readonly bytes: number;
      /** An earlier visit left it. */
      readonly isFound?: boolean | undefined;
    }
  | { readonly type: 'shard-dropped'; readonly at: number; readonly shard: ShardId }
  /** A fetch came to nothing: absent, corrupt, slow or no link. */
  | {
      readonly type: 'fetch-failed';
      readonly at: number;
      readonly shard: ShardId;
      readonly from: PeerId;
      readonly code: ErrorCode;
    }
  | { readonly type: 'tick'; readonly at: number };
