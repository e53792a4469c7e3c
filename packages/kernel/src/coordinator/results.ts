import { assert, Column, type GridError, type LeaseId, toGridError } from '@manytabs/protocol';
import { spend } from './allowance.ts';
import type { WorkMessage } from './event.ts';
import type { Grid } from './grid.ts';
import type { Lease } from './lease-table.ts';
import { reportTasks, uncover } from './leases.ts';
import { disconnect } from './presence.ts';
import { isAnswer, takeAnswer, takeAnswers } from './questions.ts';
import { addError, addVote } from './settle.ts';
import type { Volunteer } from './volunteer-table.ts';

type ResultsMessage = Extract<WorkMessage, { type: 'results' }>;
type TaskFailedMessage = Extract<WorkMessage, { type: 'task-failed' }>;

/** Results count where the lease still covers their tasks; a message of which nothing counts is refused. */
export function onResults(grid: Grid, volunteer: Volunteer, message: ResultsMessage): void {
  const lease = grid.leases.find(message.lease, volunteer);
  if (!lease) return refuse(grid, volunteer, message.lease);
  const column = parse(message);
  if (!(column instanceof Column)) return disconnect(grid, volunteer, column.code, column.message);
  const wrong = whyUnexpected(lease, column);
  if (wrong) return disconnect(grid, volunteer, 'frame-unexpected', wrong);
  lease.job.checkpoints.drop(column.from, column.to, volunteer.identity);
  const accepted = accept(grid, lease, column);
  if (accepted === 0) return refuse(grid, volunteer, message.lease);
  const { busyMs } = message;
  note(grid, lease, { from: column.from, to: column.to, outcome: 'reported', busyMs });
  measure(grid, lease, { tasks: accepted, busyMs });
  lease.job.notes.cost.addResult(message.values.length);
  volunteer.identity.tasks += accepted;
  volunteer.strikes = 0;
  volunteer.returns = 0;
  volunteer.contradicted = 0;
}

function parse(message: ResultsMessage): Column | GridError {
  try {
    return Column.parse(message.from, message.values);
  } catch (thrown) {
    return toGridError(thrown, 'frame-malformed');
  }
}

function whyUnexpected(lease: Lease, column: Column): string | undefined {
  if (column.from < lease.from || column.to > lease.to) return 'A result is not of its lease.';
  if (lease.questions) return areAnswers(column) ? undefined : 'It was asked for true or false.';
  const bytesMax = lease.job.spec.program.outputBytesMax;
  if (column.bytes.length <= bytesMax) return undefined;
  for (let index = column.from; index < column.to; index++) {
    if (column.value(index).length > bytesMax) return 'A result is larger than its job allows.';
  }
  return undefined;
}

function areAnswers(column: Column): boolean {
  for (let index = column.from; index < column.to; index++) {
    if (!isAnswer(column.value(index))) return false;
  }
  return true;
}

function accept(grid: Grid, lease: Lease, column: Column): number {
  const { job, volunteer } = lease;
  const spans = job.pages.at(column.from)?.spansIn(column.from, column.to) ?? [];
  let accepted = 0;
  for (const span of spans) {
    if (!span.leases.includes(lease)) continue;
    const from = Math.max(span.from, column.from);
    const to = Math.min(span.to, column.to);
    const part = span.carve(from, to);
    uncover(part, lease);
    accepted += part.count;
    tellReported(grid, lease, { from, to });
    if (lease.questions) takeAnswers(grid, part, lease, column);
    else addVote(grid, part, { identity: volunteer.identity, column });
  }
  if (accepted > 0) reportTasks(grid, lease, accepted);
  return accepted;
}

export function onTaskFailed(grid: Grid, volunteer: Volunteer, message: TaskFailedMessage): void {
  const lease = grid.leases.find(message.lease, volunteer);
  if (!lease) return refuse(grid, volunteer, message.lease);
  const { index, code } = message;
  if (index < lease.from || index >= lease.to) {
    return disconnect(grid, volunteer, 'frame-unexpected', 'An error is not of its lease.');
  }
  const span = lease.job.pages.at(index)?.spanAt(index);
  if (!span?.leases.includes(lease)) return refuse(grid, volunteer, message.lease);
  const part = span.carve(index, index + 1);
  uncover(part, lease);
  reportTasks(grid, lease, 1);
  const { busyMs } = message;
  note(grid, lease, { from: index, to: index + 1, outcome: 'failed', busyMs });
  measure(grid, lease, { tasks: 1, busyMs });
  volunteer.identity.errors++;
  volunteer.returns = 0;
  tellFailed(grid, lease, { index, detail: `${code}: ${message.message}` });
  if (lease.questions) return takeAnswer(grid, part, lease, 'unable');
  addError(grid, part, { code, message: message.message, by: volunteer.identity });
}

/**
 * The sender may still compute under it, after a lost link for example: it is told to stop as well. Not so where the
 * lease is live and only these tasks of it are decided: its other tasks are still waited for.
 */
export function refuse(grid: Grid, volunteer: Volunteer, lease: LeaseId): void {
  if (!grid.leases.find(lease, volunteer)) {
    volunteer.forgo(lease);
    grid.out.revoke(volunteer.session, lease);
  }
  const message = `Lease ${lease} gives no right to this any more.`;
  grid.out.send(volunteer.session, { type: 'reject', code: 'lease-stale', message });
}

function note(
  grid: Grid,
  lease: Lease,
  ending: { from: number; to: number; outcome: 'reported' | 'failed'; busyMs: number },
): void {
  grid.attempts.add(lease, { ...ending, at: grid.now });
}

/** A task is never taken to cost less, so that a clock of whole milliseconds makes no bundle endless. */
const MS_PER_TASK_MIN = 1e-4;
const OWN_WEIGHT = 0.4;
const JOB_WEIGHT = 0.1;

/** Learns what a task costs here. A claim of more time than went by since the assignment is cut to that. */
function measure(grid: Grid, lease: Lease, run: { tasks: number; busyMs: number }): void {
  const { job, volunteer } = lease;
  const busyMs = Math.min(run.busyMs, grid.now - lease.assignedAt);
  assert(busyMs >= 0, 'computing takes time');
  if (!lease.isInherited && !lease.questions) learn(lease, { tasks: run.tasks, busyMs });
  const waitedMs = Math.max(0, grid.now - lease.sinceAt - busyMs);
  lease.sinceAt = grid.now;
  job.notes.cost.addReport({ tasks: run.tasks, busyMs, waitedMs }, !lease.isInherited);
  job.busyMs += busyMs;
  spend(grid, job);
  volunteer.identity.busyMs += busyMs;
  grid.share.charge(job, busyMs - (lease.msPerTask ?? 0) * run.tasks);
}

function learn(lease: Lease, run: { tasks: number; busyMs: number }): void {
  const { job, volunteer } = lease;
  const sample = Math.max(run.busyMs / run.tasks, MS_PER_TASK_MIN);
  const slot = volunteer.slot(job);
  slot.msPerTask = blend(slot.msPerTask, sample, OWN_WEIGHT);
  job.msPerTask = blend(job.msPerTask, sample, JOB_WEIGHT);
  // Who fails at what others can do gets no larger bundles by failing faster.
  const isSound = volunteer.contradicted === 0;
  const proven = !isSound ? 1 : lease.isLive ? run.tasks : lease.to - lease.from;
  slot.provenTasks = Math.max(slot.provenTasks, proven);
  job.provenTasks = Math.max(job.provenTasks, proven);
}

function blend(old: number | undefined, sample: number, weight: number): number {
  return old === undefined ? sample : old + weight * (sample - old);
}

function tellReported(grid: Grid, lease: Lease, range: { from: number; to: number }): void {
  lease.job.notes.story.add({
    at: grid.now,
    from: range.from,
    to: range.to,
    cause: grid.cause,
    what: 'reported',
    who: lease.volunteer.identity.id,
    lease: lease.id,
    detail: lease.questions ? 'checked' : undefined,
  });
}

function tellFailed(grid: Grid, lease: Lease, error: { index: number; detail: string }): void {
  lease.job.notes.story.add({
    at: grid.now,
    from: error.index,
    to: error.index + 1,
    cause: grid.cause,
    what: 'failed-once',
    who: lease.volunteer.identity.id,
    lease: lease.id,
    detail: error.detail,
  });
}
