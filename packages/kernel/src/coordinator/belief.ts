import { assert, type Column } from '@manytabs/protocol';
import { partition } from '../validation/tally.ts';
import { RESULTS_MAX, type TierRule } from '../validation/tiers.ts';
import { hasAnchorLeft, hasVoterLeft } from './anchors.ts';
import { drawAudits, Escrow, isDue } from './escrow.ts';
import type { Grid } from './grid.ts';
import { type Opinion, opinionOf } from './opinion.ts';
import { checkSamples, noteScatter } from './samples.ts';
import { cut, elect, keepVote, reconsider, remember } from './settle.ts';
import type { Span, Vote } from './span.ts';
import { refresh } from './spans.ts';
import { checkedOf } from './standings.ts';

// How a result comes to be believed where credibility decides (docs/spec/trust.md).

/** How long the first results of a grid in which nobody is known wait for somebody who contradicts them. */
export const NEWCOMERS_WAIT_MS = 3_000;
/** A chance is a product of rounded numbers. */
const ROUNDING = 1e-12;

export function believe(grid: Grid, span: Span, vote: Vote): void {
  const { job } = span;
  job.newcomersFrom ??= grid.now + NEWCOMERS_WAIT_MS;
  keepVote(grid, span, vote);
  judge(grid, span, true);
  checkSamples(grid, job);
}

/** Decides what the votes on a span allow to decide, and asks for what is missing. */
export function judge(grid: Grid, span: Span, isNews: boolean): void {
  const columns = span.votes.map((vote) => vote.column);
  for (const run of partition(columns, span, span.job.grouping)) {
    const part = span.page.spanAt(run.from);
    assert(part, 'what has no verdict yet is open');
    judgeRun(grid, part.carve(run.from, run.to), run.groups, isNews);
  }
}

function judgeRun(grid: Grid, span: Span, groups: readonly number[], isNews: boolean): void {
  const opinion = opinionOf(grid, span, groups);
  span.isAgreed = opinion.size > 1 || opinion.isTrusted;
  noteScatter(grid, span, groups);
  if (isAccepted(grid, span, opinion)) return accept(grid, span, groups, opinion);
  if (isNews) remember(grid, span, span.votes[span.votes.length - 1] as Vote);
  tellProvisional(grid, span, columnOf(span, opinion), opinion.confidence);
  if (span.votes.length === 1 && isEnoughAlone(grid, span, opinion))
    return holdForAudit(grid, span);
  leaveEscrowUnlessAudited(grid, span);
  askOn(grid, span, opinion);
}

function ruleOf(span: Span): TierRule {
  const { rule } = span.job;
  assert(rule, 'only a job of a tier is judged by credibility');
  return rule;
}

function isAccepted(grid: Grid, span: Span, opinion: Opinion): boolean {
  if (opinion.isTrusted) return true;
  if (opinion.size < 2) return false;
  const { epsilon } = ruleOf(span);
  if (opinion.hasAnchor) {
    if (opinion.confidence >= 1 - epsilon - ROUNDING) return true;
  }
  return isNewcomersWord(grid, span, opinion);
}

/**
 * Where no anchor is left to ask, newcomers decide: with a lead so large that it holds for the worst crowd, or, once
 * everybody here has been asked and had time to come, by two votes more than any other opinion.
 */
function isNewcomersWord(grid: Grid, span: Span, opinion: Opinion): boolean {
  const { newcomersLead, newcomersMin } = ruleOf(span);
  const lead = opinion.size - opinion.second;
  if (lead < 2 || opinion.size < newcomersMin) return false;
  if (hasAnchorLeft(grid, span)) return false;
  if (lead >= newcomersLead) return true;
  const isTime = grid.now >= (span.job.newcomersFrom ?? grid.now);
  return isTime && span.leases.length === 0 && !hasVoterLeft(grid, span);
}

function isEnoughAlone(grid: Grid, span: Span, opinion: Opinion): boolean {
  const { epsilon } = ruleOf(span);
  const [vote] = span.votes;
  return (
    vote !== undefined &&
    opinion.hasAnchor &&
    opinion.confidence >= 1 - epsilon - ROUNDING &&
    isKnownAlone(grid, span, vote)
  );
}

function isKnownAlone(grid: Grid, span: Span, { identity }: Vote): boolean {
  return checkedOf(grid, identity, span.job) >= ruleOf(span).singleAt - ROUNDING;
}

function accept(grid: Grid, span: Span, groups: readonly number[], opinion: Opinion): void {
  const identities = (isIn: boolean) =>
    span.votes.filter((_, i) => (groups[i] === opinion.best) === isIn).map((vote) => vote.identity);
  elect(grid, span, {
    column: columnOf(span, opinion),
    voters: identities(true),
    losers: identities(false),
    confidence: opinion.confidence,
  });
}

function columnOf(span: Span, { best }: Opinion): Column {
  return (span.votes[best] as Vote).column;
}

/** Asks for one more result, of an anchor where one is missing or opinions differ. */
function askOn(grid: Grid, span: Span, opinion: Opinion): void {
  const count = span.votes.length;
  const isUnanchored = !opinion.hasAnchor || opinion.second > 0;
  if (count >= RESULTS_MAX) span.reserve = 'trusted';
  else span.reserve = isUnanchored && hasAnchorLeft(grid, span) ? 'anchor' : undefined;
  span.asked = Math.max(span.asked, count + 1);
  reconsider(grid, span);
}

/** A single result of a well-known volunteer goes into its window. */
function holdForAudit(grid: Grid, span: Span): void {
  const { job } = span;
  const { identity, column } = span.votes[0] as Vote;
  if (span.escrow) return askAuditor(grid, span);
  const window = job.windows.get(identity) ?? new Escrow(job, identity, grid.now);
  job.windows.set(identity, window);
  job.escrows.add(window);
  window.spans.add(span);
  window.tasks += span.count;
  window.bytes += cut(column, span).bytes.length;
  span.escrow = window;
  span.asked = 1;
  span.reserve = undefined;
  refresh(grid, span);
  if (isDue(grid, window, checkedOf(grid, identity, job))) audit(grid, window);
}

/** Chooses the audits of a window: from now on it takes in nothing more. */
export function audit(grid: Grid, window: Escrow): void {
  window.isClosed = true;
  window.job.windows.delete(window.identity);
  window.job.notes.audits++;
  for (const span of drawAudits(grid, window)) {
    window.job.notes.auditedTasks += span.count;
    askAuditor(grid, span);
  }
}

function askAuditor(grid: Grid, span: Span): void {
  if (!span.escrow?.audits.has(span)) return;
  span.asked = span.votes.length + 1;
  span.reserve = hasAnchorLeft(grid, span) ? 'anchor' : undefined;
  refresh(grid, span);
}

/** Another vote came in, or the first went: what waited in a window is decided by votes alone. */
function leaveEscrowUnlessAudited(grid: Grid, span: Span): void {
  if (span.escrow && !span.escrow.audits.has(span)) span.escrow.leave(grid, span);
}

/** Makes final what waited in windows whose audits all came out right. */
export function settleAudited(grid: Grid): void {
  for (const window of grid.audited) {
    const isOver = grid.jobs.get(window.job.id) !== window.job;
    if (isOver || !window.isClosed || window.audits.size > 0) continue;
    for (const span of [...window.spans]) acceptSingle(grid, span);
  }
  grid.audited.clear();
}

function acceptSingle(grid: Grid, span: Span): void {
  const [vote] = span.votes;
  assert(vote && span.votes.length === 1, 'who waits for an audit has one vote');
  const chance = opinionOf(grid, span, [0]).confidence;
  const result = { column: vote.column, voters: [vote.identity], losers: [] };
  elect(grid, span, { ...result, confidence: chance });
}

/** Tells those who watch, where that is news. */
export function tellProvisional(grid: Grid, span: Span, column: Column, confidence: number): void {
  const value = cut(column, span);
  if (span.told && cut(span.told, span).equals(value) && span.votes.length > 1) {
    span.told = column;
  } else retract(grid, span);
  span.told = column;
  grid.out.tell({ type: 'provisional', jobId: span.job.id, column: value, confidence });
}

/** What was told of the span does not hold. */
export function retract(grid: Grid, span: Span): void {
  if (!span.told) return;
  span.told = undefined;
  span.job.notes.retracted += span.count;
  grid.out.tell({ type: 'retracted', jobId: span.job.id, from: span.from, to: span.to });
}
