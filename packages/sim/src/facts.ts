import type { JobRecord, VolunteerView, WorkMessage } from '@manytabs/kernel';
import type {
  AssignMessage,
  CoordinatorMessage,
  JobId,
  JobView,
  LeaseId,
  SessionId,
  ShardId,
  VolunteerId,
} from '@manytabs/protocol';
import type { PlannedJob } from './workload.ts';

/**
 * What the world saw happen, told to the checkers. It comes from what crossed the boundary of the machines under test
 * (messages delivered, effects performed), never from what they say of themselves.
 */
export interface Facts {
  onSubmitted?(at: number, job: PlannedJob): void;
  onEnded?(at: number, jobId: JobId): void;
  onJoined?(at: number, session: SessionId, volunteer: VolunteerId): void;
  /** The coordinator was told, or has itself decided, that the link is gone. */
  onLeft?(at: number, session: SessionId): void;
  onAssigned?(at: number, session: SessionId, message: AssignMessage): void;
  onRevoked?(at: number, session: SessionId, leases: readonly LeaseId[]): void;
  onSent?(at: number, session: SessionId, message: CoordinatorMessage): void;
  /** Before the coordinator takes it in. */
  onDelivered?(at: number, session: SessionId, message: WorkMessage): void;
  onRecord?(record: JobRecord): void;
  /** The coordinator is gone, after `onLeft` of every link; of what it knew only the records remain. */
  onCrashed?(at: number): void;
  /** Another one has read the records; what it makes of them. */
  onRestarted?(at: number, jobs: readonly JobView[]): void;
  onTab?(at: number, tab: number, view: VolunteerView): void;
  /** A tab's store as it is, when the world is calm. */
  onStore?(volunteer: VolunteerId, shards: ReadonlySet<ShardId>): void;
}

/** A rule that was broken, with the sentence that says how. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export function violated(rule: string, sentence: string): never {
  throw new Violation(`${rule}: ${sentence}`);
}
