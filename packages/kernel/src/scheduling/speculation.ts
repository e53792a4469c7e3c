import type { SchedulingLimits } from './scheduling-limits.ts';

export interface StragglerQuestion {
  readonly at: number;
  readonly assignedAt: number;
  /** When it should have been done, counted from its assignment; undefined where the cost is unknown. */
  readonly expectedMs: number | undefined;
  readonly isHolderSuspect: boolean;
}

/** Whether an assignment takes so long that a second copy elsewhere is worth it. */
export function isStraggler(question: StragglerQuestion, limits: SchedulingLimits): boolean {
  if (question.isHolderSuspect) return true;
  if (question.expectedMs === undefined) return false;
  const patience = Math.max(limits.stragglerFactor * question.expectedMs, limits.stragglerMsMin);
  return question.at - question.assignedAt > patience;
}

/** How many more tasks may be speculated on: a small job may always try one. */
export function speculationBudget(
  tasks: { readonly assigned: number; readonly speculated: number },
  limits: SchedulingLimits,
): number {
  return Math.max(0, Math.ceil(tasks.assigned * limits.speculationShare) - tasks.speculated);
}
