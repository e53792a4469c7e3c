import type {
  InputChunk,
  JobId,
  JobSpec,
  PeerId,
  SessionId,
  VolunteerId,
  VolunteerMessage,
} from '@manytabs/protocol';

/** A message of a volunteer that has joined; joining and leaving are events of their own. */
export type WorkMessage = Exclude<VolunteerMessage, { type: 'join' | 'goodbye' | 'fetch' }>;

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
      readonly agent: string;
      readonly road: string;
      /** Holds a volunteer token of the grid. */
      readonly trusted: boolean;
      /** Id of the key of the site that embeds its page. */
      readonly site?: string | undefined;
      /** Holds a token of this submitter: trusted with the submitter's own jobs. */
      readonly owner?: string | undefined;
      /** Where it is on the network, as far as that tells volunteers apart; none where it does not. */
      readonly network?: string | undefined;
      /** What embeds it, where that tells volunteers apart. */
      readonly visit?: string | undefined;
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
  | { readonly type: 'tick'; readonly at: number };
