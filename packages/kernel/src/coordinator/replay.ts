import { hasEnded } from '@manytabs/protocol';
import { resultsToAsk } from '../validation/quorum.ts';
import { tally } from '../validation/tally.ts';
import { judge } from './belief.ts';
import { pairs } from './compaction.ts';
import type { ReplayedJobRecord, ReplayedRecord, Settlement } from './effect.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import { mayMove } from './job-state.ts';
import { closeJob, extendJob, openJob } from './jobs.ts';
import { PAGE_TASKS } from './page.ts';
import { decide, finalText, keepVote, reconsider, spanOf, tell } from './settle.ts';
import { Span, type Vote } from './span.ts';
import { admit, refresh } from './spans.ts';
import { restoreStanding } from './standings.ts';

type Replayed<Type extends ReplayedJobRecord['type']> = Extract<ReplayedJobRecord, { type: Type }>;

interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Makes the grid what its journal says it was. What was never journaled is gone: leases, errors that did not decide a
 * task, and what was learned of costs. A record that fits nothing is left out, as the machine has no better use for it.
 */
export class Replay {
  readonly #grid: Grid;
  /** Counts once the decision that it led to is known to have been written as well. */
  #disagreed: Replayed<'volunteers-disagreed'> | undefined;

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  take(record: ReplayedRecord): void {
    const grid = this.#grid;
    // Rates and ends are of then; the clock of this life has not begun, and may be behind.
    grid.now = record.at;
    grid.cause = 'restart';
    if (record.type === 'standing') restoreStanding(grid, record);
    else this.#takeJob(record);
    grid.now = 0;
  }

  #takeJob(record: ReplayedJobRecord): void {
    const grid = this.#grid;
    const job = grid.jobs.get(record.jobId);
    if (job) this.#apply(job, record);
    else if (record.type === 'job-submitted' && !grid.ended.has(record.jobId))
      openJob(grid, record);
    if (record.type !== 'volunteers-disagreed') this.#disagreed = undefined;
  }

  #apply(job: Job, record: ReplayedJobRecord): void {
    switch (record.type) {
      case 'tasks-final':
        return this.#onFinal(job, record);
      case 'tasks-settled':
        return onSettled(this.#grid, job, record);
      case 'vote-received':
        return onVote(this.#grid, job, record);
      case 'task-failed':
        return onFailed(this.#grid, job, record);
      case 'volunteers-disagreed':
        this.#disagreed = record;
        return;
      case 'job-extended':
        if (job.isOpen && job.chunks) extendJob(this.#grid, job, record);
        return;
      case 'job-state':
        return onState(this.#grid, job, record);
      case 'job-spent':
        job.busyMs = job.busyMsKept = Math.max(job.busyMs, record.busyMs);
        return;
      case 'job-submitted':
        return;
    }
  }

  #onFinal(job: Job, record: Replayed<'tasks-final'>): void {
    const grid = this.#grid;
    const count = settle(grid, job, record, 'final');
    if (count === 0) return;
    job.progress.add(record.at, count);
    job.rowBytes += record.bytes ?? 0;
    for (const voter of record.voters) {
      job.notes.addContribution(voter, count);
      // A lone result that was believed was never checked.
      if (record.voters.length > 1) grid.volunteers.identity(voter).valid += count;
    }
    this.#blame(job, record, count);
    const { from, to, voters, confidence } = record;
    if (job.tier) job.notes.verdicts.add({ from, to, voters, confidence });
    tell(grid, { job, from, to }, 'final', finalText(record));
  }

  #blame(job: Job, final: Replayed<'tasks-final'>, count: number): void {
    const disagreed = this.#disagreed;
    if (disagreed?.jobId !== job.id || disagreed.index !== final.from) return;
    const { at, index, winners, losers } = disagreed;
    if (winners.join() !== final.voters.join()) return;
    job.notes.disagreements.add({ at, index, winners, losers });
    job.notes.disagreedTasks += count;
    for (const loser of losers) {
      const identity = this.#grid.volunteers.identity(loser);
      identity.invalid += count;
      // Whether that is too much is asked when everything is known: the jobs come one after another.
      identity.faultAt = Math.max(identity.faultAt, at);
      this.#grid.blamed.add(identity);
    }
  }
}

/** Fails what a restart found at its last copy: the decision was not written, only what led to it. */
export function settleReplayed(grid: Grid): void {
  for (const job of grid.unsettled) {
    if (!grid.jobs.has(job.id)) continue;
    for (const page of [...job.pages.open]) {
      for (const span of [...page.spans]) {
        if (job.tier && span.votes.length > 0) judge(grid, span, false);
        else if (isStuck(span)) reconsider(grid, span);
      }
    }
  }
  grid.unsettled.clear();
}

/** Tasks below `to` that were never touched become spans that wait. */
export function reach(grid: Grid, job: Job, to: number): void {
  while (job.cursor < to) {
    const from = job.cursor;
    const end = Math.min(to, pageEnd(from));
    const span = new Span(job, job.pages.touch(from), { from, to: end });
    job.cursor = end;
    admit(span);
    refresh(grid, span);
  }
}

function onSettled(grid: Grid, job: Job, record: Settlement): void {
  let count = 0;
  for (const [from, to] of pairs(record.final)) count += settle(grid, job, { from, to }, 'final');
  for (const [from, to] of pairs(record.failed)) settle(grid, job, { from, to }, 'failed');
  job.progress.addPast(count);
  job.rowBytes += record.bytes;
  for (const { volunteer, tasks, checked } of record.voters) {
    job.notes.addContribution(volunteer, tasks);
    if (checked > 0) grid.volunteers.identity(volunteer).valid += checked;
  }
  for (const { code, message, count } of record.errors) job.notes.addError(code, message, count);
}

function onVote(grid: Grid, job: Job, { column, volunteer }: Replayed<'vote-received'>): void {
  if (job.quorum.minQuorum === 1 || !isOf(job, column)) return;
  reach(grid, job, column.to);
  const identity = grid.volunteers.identity(volunteer);
  for (const range of byPage(column)) {
    for (const span of job.pages.at(range.from)?.spansIn(range.from, range.to) ?? []) {
      if (!span.hasVoteOf(identity)) restoreVote(grid, carve(span, range), { identity, column });
    }
  }
}

/** The votes are not counted, as the decision that they led to, if any, is in the journal; only who else is to be asked. */
function restoreVote(grid: Grid, span: Span, vote: Vote): void {
  const { quorum } = span.job;
  keepVote(grid, span, vote);
  if (span.job.tier) return awaitJudgement(grid, span);
  if (span.votes.length < quorum.minQuorum) return refresh(grid, span);
  const columns = span.votes.map(({ column }) => column);
  for (const verdict of tally(columns, span, quorum.minQuorum) ?? []) {
    const part = spanOf(span, verdict);
    const { largest } = verdict;
    part.asked = resultsToAsk(quorum, { count: columns.length, largest, asked: part.asked });
    refresh(grid, part);
    if (isStuck(part)) grid.unsettled.add(part.job);
  }
}

/** Credibility is asked in the first step, when everything is known of everybody. */
function awaitJudgement(grid: Grid, span: Span): void {
  span.asked = Math.max(span.asked, span.votes.length + 1);
  span.job.newcomersFrom = 0;
  grid.unsettled.add(span.job);
  refresh(grid, span);
}

function onFailed(grid: Grid, job: Job, record: Replayed<'task-failed'>): void {
  const { index, code, message } = record;
  const range = { from: index, to: index + 1 };
  if (settle(grid, job, range, 'failed') === 0) return;
  job.notes.addError(code, message);
  tell(grid, { job, ...range }, 'failed', `${code}: ${message}`);
}

function onState(grid: Grid, job: Job, { state, reason }: Replayed<'job-state'>): void {
  if (!mayMove(job.state, state)) return;
  job.state = state;
  job.reason = reason;
  if (hasEnded(state)) closeJob(grid, job);
  else grid.syncReady(job);
}

/** Decides what is not decided yet of the range, and says how many tasks that were. */
function settle(grid: Grid, job: Job, range: Range, decision: 'final' | 'failed'): number {
  if (!isOf(job, range)) return 0;
  reach(grid, job, range.from);
  let count = 0;
  for (const part of byPage(range)) {
    const known = Math.min(part.to, job.cursor);
    if (part.from < known) count += settleTouched(grid, job, { ...part, to: known }, decision);
    if (job.cursor < part.to) count += settleFresh(grid, job, part.to, decision);
  }
  return count;
}

function settleTouched(grid: Grid, job: Job, range: Range, decision: 'final' | 'failed'): number {
  let count = 0;
  for (const span of job.pages.at(range.from)?.spansIn(range.from, range.to) ?? []) {
    const part = carve(span, range);
    count += part.count;
    decide(grid, part, decision);
  }
  return count;
}

/** Most tasks of a long journal are decided in order: no span is made for them. */
function settleFresh(grid: Grid, job: Job, to: number, decision: 'final' | 'failed'): number {
  const from = job.cursor;
  const page = job.pages.touch(from);
  page.decide(from, to, decision);
  job.pages.settle(page);
  job.cursor = to;
  job.counts[decision] += to - from;
  if (decision === 'final') grid.finalTotal += to - from;
  grid.touched.add(job);
  grid.syncReady(job);
  return to - from;
}

function carve(span: Span, range: Range): Span {
  return span.carve(Math.max(span.from, range.from), Math.min(span.to, range.to));
}

function isStuck(span: Span): boolean {
  return span.leases.length === 0 && span.missing === 0;
}

export function isOf(job: Job, { from, to }: Range): boolean {
  const isRange = Number.isSafeInteger(from) && Number.isSafeInteger(to);
  return isRange && from >= job.first && from < to && to <= job.end;
}

function pageEnd(index: number): number {
  return index - (index % PAGE_TASKS) + PAGE_TASKS;
}

function byPage({ from, to }: Range): Range[] {
  if (to <= pageEnd(from)) return [{ from, to }];
  const parts: Range[] = [];
  for (let at = from; at < to; at = pageEnd(at)) {
    parts.push({ from: at, to: Math.min(to, pageEnd(at)) });
  }
  return parts;
}
