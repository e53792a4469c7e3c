import type { Backoff, ErrorCode } from '@manytabs/protocol';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import { endJob } from './jobs.ts';
import type { Span } from './span.ts';
import { refresh } from './spans.ts';

// What a submitter allows a job: time until its deadline, computing time, and rest between executions that fail.

/** A budget is journaled in so many steps: what a restart forgets is less than one. */
const BUDGET_STEPS = 32;

/** After computing time was added to a job. */
export function spend(grid: Grid, job: Job): void {
  const { budgetMs } = job.spec;
  if (budgetMs === undefined) return;
  if (job.busyMs >= budgetMs) grid.spent.add(job);
  if (job.busyMs - job.busyMsKept < budgetMs / BUDGET_STEPS) return;
  job.busyMsKept = job.busyMs;
  grid.out.append({ type: 'job-spent', at: grid.now, jobId: job.id, busyMs: job.busyMs });
}

/** Ends the jobs that are past what they were allowed; what was computed is kept. */
export function endOverdue(grid: Grid): void {
  for (const job of grid.spent) {
    stop(grid, job, 'budget-spent', `${(job.busyMs / 1_000).toFixed(1)} core seconds were used`);
  }
  grid.spent.clear();
  for (const job of grid.jobDeadlines.take(grid.now)) {
    stop(grid, job, 'deadline-passed', `it had ${(job.spec.deadlineMs ?? 0) / 1_000} s`);
  }
}

/** A job that is complete ends as what it came to, even at the last moment. */
function stop(grid: Grid, job: Job, code: ErrorCode, detail: string): void {
  if (grid.jobs.get(job.id) !== job || job.isComplete) return;
  const state = job.counts.final > 0 ? 'partial' : 'failed';
  endJob(grid, job, state, `${code}: ${job.decided} of ${job.total} tasks were decided, ${detail}`);
}

/** Lets a span that failed wait, where its job wants that. */
export function rest(grid: Grid, span: Span): void {
  const { backoff } = span.job.spec;
  if (!backoff) return;
  if (!span.isResting) span.job.resting++;
  span.isResting = true;
  grid.resting.set(span, grid.now + restMs(backoff, span.errors.length));
}

export function restMs({ firstMs, factor, mostMs }: Backoff, failures: number): number {
  return Math.min(mostMs, firstMs * factor ** (failures - 1));
}

/** A span that was decided while it rested waits for nothing. */
export function rouse(grid: Grid, span: Span): void {
  if (!span.isResting) return;
  span.isResting = false;
  span.job.resting--;
  grid.resting.clear(span);
}

export function wakeRested(grid: Grid): void {
  for (const span of grid.resting.take(grid.now)) {
    span.isResting = false;
    span.job.resting--;
    if (grid.jobs.get(span.job.id) === span.job) refresh(grid, span);
  }
}
