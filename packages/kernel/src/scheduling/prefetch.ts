import type { SchedulingLimits } from './scheduling-limits.ts';

export interface PrefetchQuestion {
  readonly leases: number;
  readonly workers: number;
  /** Estimated computing time of everything the volunteer holds. */
  readonly queuedMs: number;
  /** Of a task of the job in question on this volunteer, where it was measured. */
  readonly msPerTask: number | undefined;
  readonly remainingTasks: number;
  readonly workersTotal: number;
  /** Whether it holds a bundle of the job in question. */
  readonly holdsJob: boolean;
}

/**
 * Whether a volunteer should get one more bundle of a job: one that runs and one that waits for each worker, more where
 * bundles are shorter than a round trip, and none in store where a task that waits could start elsewhere. Who is busy with
 * other jobs takes one more of a job it has nothing of: where all are, that one would start nowhere.
 */
export function wantsBundle(question: PrefetchQuestion, limits: SchedulingLimits): boolean {
  const { leases, workers, queuedMs, msPerTask } = question;
  if (leases < workers) return true;
  if (!question.holdsJob) return leases < (limits.bundlesPerWorker + 1) * workers;
  if (msPerTask === undefined) return false;
  const few = question.remainingTasks <= 2 * question.workersTotal;
  if (few && msPerTask > limits.longTaskMs) return false;
  if (leases < limits.bundlesPerWorker * workers) return true;
  return (
    leases < limits.bundlesPerWorkerMax * workers && queuedMs < limits.queuedMsPerWorker * workers
  );
}
