import { isStraggler, speculationBudget } from '../scheduling/speculation.ts';
import { assign } from './assign.ts';
import { tasksFor } from './dispatch.ts';
import { canRun, mayTake } from './eligibility.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import type { Lease } from './lease-table.ts';
import type { Span } from './span.ts';
import type { Volunteer } from './volunteer-table.ts';

/** When somebody idle and something running should be looked at again. */
export function nextReviewAt(grid: Grid): number | undefined {
  return grid.idle.size > 0 && grid.leases.size > 0 ? grid.reviewAt : undefined;
}

/** Lets the idle run second copies of what takes too long elsewhere; the first valid result wins. */
export function review(grid: Grid): void {
  if (grid.now < grid.reviewAt || nextReviewAt(grid) === undefined) return;
  grid.reviewAt = grid.now + grid.limits.reviewMs;
  for (const job of grid.jobs.values()) {
    if (grid.idle.size === 0) return;
    if (job.state === 'running') reviewJob(grid, job);
  }
}

function reviewJob(grid: Grid, job: Job): void {
  // A second execution would count and write a second time.
  if (job.spec.program.space !== undefined) return;
  if (speculationBudget(budgetOf(job), grid.limits) === 0) return;
  for (const lease of [...job.leases]) {
    if (grid.idle.size === 0) return;
    if (isSlow(grid, lease)) speculate(grid, lease);
  }
}

function budgetOf(job: Job): { assigned: number; speculated: number } {
  return { assigned: job.assignedTasks - job.speculatedTasks, speculated: job.speculatedTasks };
}

function isSlow(grid: Grid, lease: Lease): boolean {
  if (lease.isSpeculative || !lease.isLive) return false;
  const { assignedAt, volunteer, job } = lease;
  // What was unknown when it was handed out may have been learned since.
  const learnedMs = job.msPerTask && job.msPerTask * (lease.to - lease.from);
  const expectedMs = lease.expectedMs ?? learnedMs;
  const question = { at: grid.now, assignedAt, expectedMs, isHolderSuspect: volunteer.isSuspect };
  return isStraggler(question, grid.limits);
}

/** The holder works from the front, so the helper takes the end. */
function speculate(grid: Grid, lease: Lease): void {
  const { job } = lease;
  const spans = job.pages.at(lease.from)?.spansIn(lease.from, lease.to) ?? [];
  for (const span of spans.reverse()) {
    const room = speculationBudget(budgetOf(job), grid.limits);
    if (room === 0) return;
    if (span.isSpeculated || !span.leases.includes(lease) || span.missing > 0) continue;
    const helper = helperFor(grid, span);
    if (!helper) continue;
    const tasks = Math.min(span.count, room, tasksFor(grid, helper, job));
    const part = span.carve(span.to - tasks, span.to);
    assign(grid, helper, { spans: [part], isSpeculative: true });
    if (helper.leases.length >= helper.workers) grid.idle.delete(helper);
  }
}

function helperFor(grid: Grid, span: Span): Volunteer | undefined {
  for (const volunteer of grid.idle) {
    if (!canRun(volunteer, span.job)) continue;
    if (span.lost.includes(volunteer.identity)) continue;
    if (mayTake(grid, volunteer, span)) return volunteer;
  }
  return undefined;
}
