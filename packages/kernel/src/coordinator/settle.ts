import { assert, type Column, type VolunteerId } from '@manytabs/protocol';
import { errorVerdict, resultsToAsk, summary, type TaskError } from '../validation/quorum.ts';
import { tally, type Verdict } from '../validation/tally.ts';
import { rest, rouse } from './allowance.ts';
import { believe, judge, retract, stopCooling, tellProvisional } from './belief.ts';
import { contradictError } from './bench.ts';
import { noteCrash } from './crashers.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import { pauseJob } from './jobs.ts';
import { releaseLease } from './leases.ts';
import type { Span, Vote } from './span.ts';
import { holdBack, refresh, retire } from './spans.ts';
import { confirm, convict, isTrusted, noteFaults } from './standings.ts';
import type { Identity } from './volunteer-table.ts';

// How votes and errors turn into decisions.

/** Takes in a result for all tasks of the span. The column may reach beyond it. */
export function addVote(grid: Grid, span: Span, vote: Vote): void {
  assert(!span.hasVoteOf(vote.identity), 'an identity votes once on a task');
  if (span.job.tier) return believe(grid, span, vote);
  if (span.job.quorum.minQuorum === 1 && span.votes.length === 0) {
    return finalize(grid, span, { column: vote.column, voters: [vote.identity], losers: [] });
  }
  keepVote(grid, span, vote);
  if (span.votes.length >= span.job.quorum.minQuorum) return evaluate(grid, span);
  remember(grid, span, vote);
  tellProvisional(grid, span, vote.column, ALONE);
  refresh(grid, span);
}

/** A single result of anybody (Sarmenta's prior of one wrong in twenty). */
const ALONE = 0.95;

/** Puts a vote on a span without asking what follows from it. */
export function keepVote(grid: Grid, span: Span, vote: Vote): void {
  span.votes = [...span.votes, vote];
  vote.identity.openVotes++;
  addBytes(grid, span, vote, 1);
}

function evaluate(grid: Grid, span: Span): void {
  const columns = span.votes.map((vote) => vote.column);
  const verdicts = tally(columns, span, span.job.quorum.minQuorum, span.job.grouping);
  if (!verdicts) return leaveUncompared(grid, span, true);
  for (const verdict of verdicts) {
    const part = spanOf(span, verdict);
    if (verdict.winners.length > 0) electQuorum(grid, part, verdict);
    else askOn(grid, part, verdict.largest);
  }
}

/** So many large results differ that to compare them would keep everybody waiting: a person has to decide. */
export function leaveUncompared(grid: Grid, span: Span, isNews: boolean): void {
  if (isNews) remember(grid, span, span.votes[span.votes.length - 1] as Vote);
  span.asked = span.votes.length + 1;
  reconsider(grid, span);
  pauseJob(
    grid,
    span.job,
    `${span.votes.length} results of task ${span.from} differ, and are too large to be compared within a tolerance. Make them smaller, or let volunteers check them (verify).`,
  );
}

/** Verdicts come in order, so each one begins where the part before it ended. */
export function spanOf(span: Span, verdict: Verdict): Span {
  const at = span.page.spanAt(verdict.from);
  assert(at, 'what has no verdict yet is open');
  return at.carve(verdict.from, verdict.to);
}

function electQuorum(grid: Grid, span: Span, verdict: Verdict): void {
  const voters = verdict.winners.map((i) => (span.votes[i] as Vote).identity);
  const losers = verdict.losers.map((i) => (span.votes[i] as Vote).identity);
  const { column } = span.votes[verdict.canonical] as Vote;
  elect(grid, span, { column, voters, losers });
}

interface Result {
  readonly column: Column;
  readonly voters: readonly Identity[];
  readonly losers: readonly Identity[];
  /** Of the voters, those who computed it; all, unless said. */
  readonly makers?: readonly Identity[];
  /** Where credibility decided. */
  readonly confidence?: number | undefined;
}

/** Makes a result final. Who was checked by it gains or loses by it; a lone result was not. */
export function elect(grid: Grid, span: Span, result: Result): void {
  const { voters, losers, makers = voters } = result;
  if (voters.length > 1) {
    for (const identity of makers) reward(grid, span, identity);
    // A right check makes nobody known, but it is one that was not wrong.
    for (const identity of voters) if (!makers.includes(identity)) identity.valid += span.count;
  }
  if (losers.length > 0) blame(grid, span, { voters, losers });
  finalize(grid, span, result);
}

function reward(grid: Grid, span: Span, identity: Identity): void {
  identity.valid += span.count;
  if (span.job.tier && !isTrusted(identity, span.job)) {
    confirm(grid, identity, span.job, span.count);
  }
}

/** No consensus yet: asks for more results, or gives up at the bound. */
function askOn(grid: Grid, span: Span, largest: number): void {
  const { quorum } = span.job;
  remember(grid, span, span.votes[span.votes.length - 1] as Vote);
  const count = span.votes.length;
  if (count >= quorum.maxSuccessResults) {
    const message = `${count} results and no ${quorum.minQuorum} of them agree`;
    return fail(grid, span, { code: 'no-consensus', message });
  }
  span.asked = resultsToAsk(quorum, { count, largest, asked: span.asked });
  reconsider(grid, span);
}

/** After a copy came to nothing: queues another, or fails the tasks when no more may be made. */
export function reconsider(grid: Grid, span: Span): void {
  refresh(grid, span);
  const isCaredFor = span.isResting || span.isWaiting;
  const isStuck = span.leases.length === 0 && span.missing === 0 && !isCaredFor;
  if (isStuck) fail(grid, span, exhausted(span));
}

function exhausted(span: Span): TaskError {
  const last = span.errors[span.errors.length - 1];
  if (span.votes.length > 0) {
    const message = `${span.spent} copies were made and no ${span.job.quorum.minQuorum} results agree`;
    return { code: 'no-consensus', message };
  }
  if (last) return summary(span.errors, last);
  return { code: 'task-crashed', message: `${span.lostCount} volunteers vanished while it ran` };
}

/** Takes in an error of the one task of the span. */
export function addError(grid: Grid, span: Span, error: TaskError & { by: Identity }): void {
  assert(span.count === 1, 'an error is about one task');
  const { code, message, by } = error;
  span.errors = [...span.errors, { identity: by, by: by.id, code, message }];
  span.job.notes.addError(code, message, 1, { index: span.from, volunteer: by.id });
  noteCrash(grid, span);
  const verdict = errorVerdict(span.errors, span.job.quorum);
  if (verdict) return fail(grid, span, verdict);
  const retry = { index: span.from, code, message, attempt: span.errors.length };
  grid.out.tellPeople({ type: 'retry', jobId: span.job.id, volunteer: by.id, ...retry });
  rest(grid, span);
  reconsider(grid, span);
}

/** Takes the votes of an identity out of a span. */
export function removeVotes(grid: Grid, span: Span, identity: Identity): void {
  const vote = span.votes.find((other) => other.identity === identity);
  const { length } = span.objections;
  span.objections = span.objections.filter(
    (one) => one.identity !== identity && one.to !== identity,
  );
  if (!vote) return length > span.objections.length ? judge(grid, span, false) : undefined;
  forgetVotes(grid, span, [vote]);
  span.votes = span.votes.filter((other) => other !== vote);
  span.barred = [...span.barred, identity];
  if (span.job.tier) return judgeAnew(grid, span);
  if (span.votes.length === 0) retract(grid, span);
  span.asked = Math.max(span.asked - 1, span.job.quorum.targetResults);
  refresh(grid, span);
}

/** Nobody is left whose results could be compared with these: they are given up, and nobody is to blame. */
export function beginAnew(grid: Grid, span: Span): void {
  span.escrow?.leave(grid, span);
  stopCooling(span);
  retract(grid, span);
  forgetVotes(grid, span, span.votes);
  span.votes = [];
  span.objections = [];
  span.candidate = span.reserve = undefined;
  span.isAgreed = false;
  span.asked = span.job.quorum.targetResults;
}

/** A vote is gone: what is left may be less, or more, than before. */
function judgeAnew(grid: Grid, span: Span): void {
  span.escrow?.leave(grid, span);
  stopCooling(span);
  span.asked = span.job.quorum.targetResults;
  span.reserve = undefined;
  if (span.votes.length > 0) return judge(grid, span, false);
  span.candidate = undefined;
  span.isAgreed = false;
  retract(grid, span);
  refresh(grid, span);
}

function finalize(grid: Grid, span: Span, result: Result): void {
  const { job } = span;
  const { confidence } = result;
  const voters = result.voters.map((identity) => identity.id);
  const column = cut(result.column, span);
  if (span.told && !cut(span.told, span).equals(column)) retract(grid, span);
  grid.out.append({
    type: 'tasks-final',
    at: grid.now,
    jobId: job.id,
    column,
    voters,
    ...(confidence === undefined ? {} : { confidence }),
  });
  for (const voter of voters) job.notes.addContribution(voter, span.count);
  if (job.tier) job.notes.verdicts.add({ from: span.from, to: span.to, voters, confidence });
  job.progress.add(grid.now, span.count);
  job.notes.cost.addDecided(span.count);
  job.rowBytes += column.bytes.length;
  for (const { identity } of span.errors) {
    if (identity.connected) contradictError(grid, identity.connected);
  }
  tell(grid, span, 'final', finalText(result));
  decide(grid, span, 'final');
}

export function finalText(result: {
  readonly voters: readonly unknown[];
  readonly confidence?: number | undefined;
}): string {
  const votes = result.voters.length === 1 ? 'one result' : `${result.voters.length} results agree`;
  return result.confidence === undefined
    ? votes
    : `${votes}, credibility ${result.confidence.toFixed(6)}`;
}

export function fail(grid: Grid, span: Span, error: TaskError): void {
  const { job } = span;
  retract(grid, span);
  const { code, message } = error;
  const attempts = span.spent;
  const tries = span.errors.map(({ by, code, message }) => ({ by, code, message }));
  for (let index = span.from; index < span.to; index++) {
    const record = { jobId: job.id, index, code, message, attempts, tries };
    grid.out.append({ type: 'task-failed', at: grid.now, ...record });
  }
  if (span.errors.length === 0) job.notes.addError(code, message, 1, { index: span.from });
  job.notes.cost.addDecided(span.count);
  tell(grid, span, 'failed', `${code}: ${message}`);
  decide(grid, span, 'failed');
}

export function decide(grid: Grid, span: Span, decision: 'final' | 'failed'): void {
  const { job } = span;
  span.escrow?.leave(grid, span);
  stopCooling(span);
  forgetVotes(grid, span, span.votes);
  for (const lease of span.leases) releaseLease(grid, lease, span.count);
  rouse(grid, span);
  retire(grid, span);
  span.page.decide(span.from, span.to, decision);
  job.pages.settle(span.page);
  job.counts[decision] += span.count;
  if (decision === 'final') grid.finalTotal += span.count;
  grid.touched.add(job);
}

function forgetVotes(grid: Grid, span: Span, votes: readonly Vote[]): void {
  for (const vote of votes) {
    vote.identity.openVotes--;
    addBytes(grid, span, vote, -1);
  }
  if (votes.length > 0) holdBack(grid, span.job);
}

function addBytes(grid: Grid, span: Span, vote: Vote, sign: number): void {
  const bytes = sign * cut(vote.column, span).bytes.length;
  span.job.pendingBytes += bytes;
  grid.pendingBytes += bytes;
}

function blame(
  grid: Grid,
  span: Span,
  sides: { voters: readonly Identity[]; losers: readonly Identity[] },
): void {
  const { job } = span;
  const ids = (identities: readonly Identity[]): VolunteerId[] => identities.map(({ id }) => id);
  const note = {
    at: grid.now,
    index: span.from,
    winners: ids(sides.voters),
    losers: ids(sides.losers),
  };
  grid.out.append({ type: 'volunteers-disagreed', jobId: job.id, ...note });
  job.notes.disagreements.add(note);
  job.notes.disagreedTasks += span.count;
  tell(grid, span, 'disagreed', note.losers.join(', '));
  for (const loser of sides.losers) {
    loser.invalid += span.count;
    noteFaults(loser, span.count);
    loser.faultAt = grid.now;
    if (job.tier) convict(grid, loser, job, span.count);
    grid.blamed.add(loser);
  }
}

export function remember(grid: Grid, span: Span, vote: Vote): void {
  grid.out.append({
    type: 'vote-received',
    at: grid.now,
    jobId: span.job.id,
    volunteer: vote.identity.id,
    column: cut(vote.column, span),
  });
}

export function tell(
  grid: Grid,
  span: { readonly job: Job; readonly from: number; readonly to: number },
  what: 'final' | 'failed' | 'disagreed',
  detail: string,
): void {
  const { from, to } = span;
  span.job.notes.story.add({
    at: grid.now,
    from,
    to,
    cause: grid.cause,
    what,
    who: undefined,
    lease: undefined,
    detail,
  });
}

export function cut(column: Column, range: { readonly from: number; readonly to: number }): Column {
  const isWhole = column.from === range.from && column.to === range.to;
  return isWhole ? column : column.slice(range.from, range.to);
}
