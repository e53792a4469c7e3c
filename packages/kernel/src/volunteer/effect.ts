import type {
  JobId,
  JobMessage,
  LeaseId,
  PeerId,
  ShardId,
  ShardRef,
  VolunteerMessage,
} from '@manytabs/protocol';
import type { ShellMessage } from '../shell-messages.ts';

/** What the volunteer machine asks of the world. */
export type VolunteerEffect =
  | {
      readonly type: 'send';
      readonly message: Exclude<VolunteerMessage, ShellMessage>;
    }
  /** Make the runtime ready: the module and all files are in the local store. Answered by `job-opened` or `job-refused`. */
  | { readonly type: 'open-job'; readonly job: JobMessage }
  | { readonly type: 'close-job'; readonly jobId: JobId }
  /** Run the tasks on a free worker; the chunk, if any, is in the local store. Ends with `run-ended`. */
  | {
      readonly type: 'run';
      readonly lease: LeaseId;
      readonly jobId: JobId;
      readonly from: number;
      readonly to: number;
      readonly chunk: ShardRef | undefined;
      readonly chunkFrom: number;
      /** An encoded list of their results: they are checked, not run. */
      readonly check: Uint8Array | undefined;
      readonly checkpoint: { readonly index: number; readonly state: Uint8Array } | undefined;
    }
  /** Kill a run, if it still runs; no `run-ended` follows. */
  | { readonly type: 'kill-run'; readonly lease: LeaseId }
  /** Hold or go on with all runs. */
  | { readonly type: 'hold'; readonly held: boolean }
  /** Get a shard from a tab or (COORDINATOR_PEER_ID) the coordinator. Answered by `shard-stored` or `fetch-failed`. */
  | { readonly type: 'fetch'; readonly shard: ShardId; readonly from: PeerId }
  /** A small one that is here is kept for the grid: it must outlive the tab. */
  | { readonly type: 'persist'; readonly shard: ShardId }
  | { readonly type: 'drop-shard'; readonly shard: ShardId }
  /** The machine has come to rest after `finish` or `stop`. */
  | { readonly type: 'stopped' };
