import type { WorkMessage } from '@manytabs/kernel';
import type { AssignMessage, JobId, LeaseId, SessionId } from '@manytabs/protocol';
import { type Facts, violated } from '../facts.ts';
import type { PlannedJob } from '../workload.ts';

/** Jobs of one priority that both have work get about the same computing time. For worlds made for it. */
export class FairnessChecker implements Facts {
  readonly #busyMs = new Map<JobId, number>();
  readonly #jobOf = new Map<LeaseId, JobId>();
  #isOver = false;

  onSubmitted(_at: number, job: PlannedJob): void {
    this.#busyMs.set(job.jobId, 0);
  }

  onAssigned(_at: number, _session: SessionId, { lease, jobId }: AssignMessage): void {
    this.#jobOf.set(lease, jobId);
  }

  onDelivered(_at: number, _session: SessionId, message: WorkMessage): void {
    if (message.type !== 'results' || this.#isOver) return;
    const jobId = this.#jobOf.get(message.lease);
    if (jobId) this.#busyMs.set(jobId, (this.#busyMs.get(jobId) ?? 0) + message.busyMs);
  }

  /** From the first end on, the others get more. */
  onEnded(): void {
    this.#isOver = true;
  }

  judge(): void {
    const shares = [...this.#busyMs.values()];
    const most = Math.max(...shares);
    const least = Math.min(...shares);
    if (most > 1.5 * least) violated('SC', `one job got ${most} ms and another ${least} ms`);
  }
}
