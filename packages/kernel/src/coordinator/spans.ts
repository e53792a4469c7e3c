import { assert } from '@manytabs/protocol';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import type { Phase, Span } from './span.ts';

// The bookkeeping that goes with every change of a span.

/** Brings the counts and queues in step with the votes and leases of a span. */
export function refresh(grid: Grid, span: Span): void {
  setPhase(grid, span, phaseOf(span));
  const isWanted = span.missing > 0;
  setQueue(grid, span, isWanted ? queueFor(span) : undefined);
}

/** Counts the tasks of a fresh span, which were not counted before; its first lease follows. */
export function admit(span: Span): void {
  span.page.add(span);
  span.job.counts[span.phase] += span.count;
}

/** Takes a span out of everything, as all its tasks are decided. */
export function retire(grid: Grid, span: Span): void {
  setQueue(grid, span, undefined);
  count(grid, span, -1);
  span.page.remove(span);
}

function phaseOf(span: Span): Phase {
  if (span.votes.length > 0) return 'provisional';
  return span.leases.length > 0 ? 'running' : 'waiting';
}

function setPhase(grid: Grid, span: Span, phase: Phase): void {
  if (span.phase === phase) return;
  count(grid, span, -1);
  span.phase = phase;
  count(grid, span, 1);
}

function count(grid: Grid, span: Span, sign: number): void {
  span.job.counts[span.phase] += sign * span.count;
  if (span.phase === 'running') grid.runningTotal += sign * span.count;
  assert(span.job.counts[span.phase] >= 0, 'counts are not negative');
}

/** Whatever was tried and failed goes before what waits for its first results. */
function queueFor(span: Span): Set<Span> {
  const { job } = span;
  if (span.reserve) return job.reserved;
  const isBehind =
    span.errors.length > 0 ||
    span.asked > job.quorum.targetResults ||
    span.lost.length > 0 ||
    (span.votes.length === 0 && span.leases.length === 0);
  return isBehind ? job.urgent : job.replicas;
}

function setQueue(grid: Grid, span: Span, queue: Set<Span> | undefined): void {
  if (span.queue === queue) return;
  const { job } = span;
  if (span.queue) {
    span.queue.delete(span);
    job.queuedTasks -= span.count;
  }
  span.queue = queue;
  if (queue) {
    queue.add(span);
    job.queuedTasks += span.count;
    grid.hasNewWork = true;
  }
  holdBack(grid, job);
  grid.syncReady(job);
}

/** Stops or restarts the supply of fresh tasks by what waits for other identities. */
export function holdBack(grid: Grid, job: Job): void {
  const spansMax = grid.limits.replicaSpansMax + 8 * grid.workersTotal;
  const isHeldBack =
    job.replicas.size + job.urgent.size + job.reserved.size > spansMax ||
    job.pendingBytes > bytesMax(grid);
  if (job.isHeldBack === isHeldBack) return;
  job.isHeldBack = isHeldBack;
  if (!isHeldBack) grid.hasNewWork = true;
  grid.syncReady(job);
}

/** Many jobs that wait at once have less room each. */
function bytesMax(grid: Grid): number {
  const { pendingBytesMax, pendingBytesTotalMax } = grid.limits;
  return grid.pendingBytes < pendingBytesTotalMax
    ? pendingBytesMax
    : Math.min(pendingBytesMax, pendingBytesTotalMax / grid.jobs.size);
}
