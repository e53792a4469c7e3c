import { LIMITS } from '@manytabs/protocol';
import type { SchedulingLimits } from './scheduling-limits.ts';

export interface BundleQuestion {
  /** Computing time of a task of this job on this volunteer, where it was measured. */
  readonly msPerTask: number | undefined;
  /** The same on all volunteers. */
  readonly jobMsPerTask: number | undefined;
  /** The largest bundle that came back from this volunteer, or at first from any. */
  readonly provenTasks: number;
  readonly visitMs: number;
  /** Tasks of the job that are still to be handed out. */
  readonly remainingTasks: number;
  readonly workersTotal: number;
}

/**
 * How many tasks one bundle should have: a set time of work on that volunteer, reached in steps because the first
 * measurements are rough, and no more than a fair part of what is left (guided self-scheduling, Polychronopoulos and
 * Kuck 1987), so that the last bundles of a job end together.
 */
export function bundleTasks(question: BundleQuestion, limits: SchedulingLimits): number {
  const msPerTask = question.msPerTask ?? question.jobMsPerTask;
  if (msPerTask === undefined) return 1;
  const proven =
    question.msPerTask === undefined
      ? question.provenTasks
      : question.provenTasks * limits.bundleGrowth;
  const timed = bundleMs(question, limits) / msPerTask;
  const fair = Math.max(
    question.remainingTasks / (2 * Math.max(1, question.workersTotal)),
    limits.bundleMsMin / msPerTask,
  );
  const tasks = Math.ceil(Math.min(timed, fair, proven, LIMITS.BUNDLE_TASKS_MAX));
  return Math.max(1, tasks);
}

function bundleMs(question: BundleQuestion, limits: SchedulingLimits): number {
  const doublings = Math.floor(question.visitMs / limits.bundleDoublesEveryMs);
  const target = Math.min(limits.bundleMs * 2 ** Math.min(doublings, 30), limits.bundleMsMax);
  return question.msPerTask === undefined ? target / 4 : target;
}
