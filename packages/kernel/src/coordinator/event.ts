import type {
  InputChunk,
  JobId,
  JobSpec,
  PeerId,
  SessionId,
  ShardId,
  VolunteerId,
  VolunteerMessage,
} from '@manytabs/protocol';
import type { KeptShard } from '../shards/wanted-shard.ts';
import type { ShellMessage } from '../shell-messages.ts';

/** A message of a volunteer that has joined; joining and leaving are events of their own. */
export type WorkMessage = Exclude<VolunteerMessage, ShellMessage | { type: 'goodbye' }>;

/** What the world tells the coordinator. `at` is the shell's clock in ms and never runs backwards. */
export type CoordinatorEvent =
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
      /** Places in the chunk without an input: these tasks fail at once. */
      readonly missing?: readonly number[] | undefined;
    }
  | {
      readonly type: 'job-controlled';
      readonly at: number;
      readonly jobId: JobId;
      readonly action: 'pause' | 'resume' | 'cancel';
      readonly reason: string;
    }
  | {
      readonly type: 'volunteer-joined';
      readonly at: number;
      readonly session: SessionId;
      readonly volunteer: VolunteerId;
      readonly peer: PeerId;
      readonly workers: number;
      /** What one task may have there; as much as any may unless said. */
      readonly memoryMB?: number | undefined;
      readonly agent: string;
      readonly road: string;
      /** Holds a volunteer token of the grid. */
      readonly trusted: boolean;
      /** Holds a token of this submitter: trusted with the submitter's own jobs. */
      readonly owner?: string | undefined;
      /** Where it is on the network, as far as that tells volunteers apart; none where it does not. */
      readonly network?: string | undefined;
      /** The site that embeds its page: all tabs there have one vote. */
      readonly site?: string | undefined;
      /** Names what its engine's own Math gives; tabs of one name give the same bits. */
      readonly engine?: string | undefined;
    }
  | {
      readonly type: 'volunteer-left';
      readonly at: number;
      readonly session: SessionId;
      readonly reason: string;
    }
  | {
      readonly type: 'message-received';
      readonly at: number;
      readonly session: SessionId;
      readonly message: WorkMessage;
    }
  /** The process is about to end: nothing is handed out any more, results are still taken. */
  | { readonly type: 'draining'; readonly at: number }
  /** A file needs these shards; those of one stripe, by its name, on distinct identities. */
  | {
      readonly type: 'shards-kept';
      readonly at: number;
      readonly kept: readonly KeptShard[];
      readonly stripe: string | undefined;
    }
  /** A file that needed them is no more. */
  | { readonly type: 'shards-let-go'; readonly at: number; readonly shards: readonly ShardId[] }
  /** Whether the coordinator's host can serve these shards of files has changed. */
  | {
      readonly type: 'origin-changed';
      readonly at: number;
      readonly shards: readonly ShardId[];
      readonly hasOrigin: boolean;
    }
  /** A volunteer could not prove that it holds a shard it reported. */
  | {
      readonly type: 'shard-refuted';
      readonly at: number;
      readonly session: SessionId;
      readonly shard: ShardId;
    }
  /** The store takes no records, or takes them again: what would be handed out meanwhile could not leave. */
  | { readonly type: 'stalled'; readonly at: number; readonly isStalled: boolean }
  | { readonly type: 'tick'; readonly at: number };
