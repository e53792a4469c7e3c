import { assert, type Column } from '@manytabs/protocol';
import { partition } from '../validation/tally.ts';
import { RESULTS_MAX, type TierRule } from '../validation/tiers.ts';
import { anchorsOf, hasAnchorLeft, hasVoterLeft, isAnchor } from './anchors.ts';
import { drawAudits, Escrow, isDue } from './escrow.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import { checkedOpinion, type Opinion, opinionOf } from './opinion.ts';
import { checkSamples, noteObjections, noteScatter } from './samples.ts';
import { cut, elect, keepVote, leaveUncompared, reconsider, remember } from './settle.ts';
import type { Span, Vote } from './span.ts';
import { refresh } from './spans.ts';
import { checkedOf, ownErrorChance } from './standings.ts';
import type { Identity } from './volunteer-table.ts';

// How a result comes to be believed where credibility decides (docs/spec/trust.md).

/** How long the first results of a grid in which nobody is known wait for somebody who contradicts them. */
export const NEWCOMERS_WAIT_MS = 3_000;
/** Of the tasks of a full window. */
const AUDITED_SHARE = 0.05;
/** An error that is found costs a whole window: what is spared pays for that (npm run sim -- trust). */
const RISK_SHARE = 1.1;
/** What a single result of somebody known risks in a crowd in which everybody else was found to lie. */
const LIE_CHANCE = 0.001;
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
  const { grouped, votes } = span;
  if (grouped?.votes === votes) return judgeRun(grid, span, grouped.groups, isNews);
  const columns = votes.map((vote) => vote.column);
  const runs = partition(columns, span, span.job.grouping);
  if (!runs) return leaveUncompared(grid, span, isNews);
  for (const run of runs) {
    const part = span.page.spanAt(run.from)?.carve(run.from, run.to);
    assert(part, 'what has no verdict yet is open');
    part.grouped = { votes, groups: run.groups };
    judgeRun(grid, part, run.groups, isNews);
  }
}

function judgeRun(grid: Grid, span: Span, groups: readonly number[], isNews: boolean): void {
  const opinion = opinionOf(grid, span, groups);
  span.isAgreed = opinion.size > 1 || opinion.isTrusted;
  if (span.job.check) noteObjections(grid, span, groups, opinion);
  else noteScatter(grid, span, groups);
  const isBelieved = isAccepted(grid, span, opinion);
  if (isBelieved && isCool(grid, span, opinion)) return accept(grid, span, groups, opinion);
  if (isNews) remember(grid, span, span.votes[span.votes.length - 1] as Vote);
  tellProvisional(grid, span, columnOf(span, opinion), opinion.confidence);
  if (isBelieved) return cool(grid, span);
  stopCooling(span);
  if (span.votes.length === 1 && isEnoughAlone(grid, span)) return holdForAudit(grid, span);
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
  if (opinion.size < 2 || wantsSecondLook(grid, span, opinion)) return false;
  const { epsilon } = ruleOf(span);
  if (opinion.hasAnchor) {
    if (opinion.confidence >= 1 - epsilon - ROUNDING) return true;
  }
  return isNewcomersWord(grid, span, opinion);
}

/**
 * To look at a result costs little, so that two are asked to: who says yes unseen is found out where the other looks. To
 * compare it costs an execution.
 */
function wantsSecondLook(grid: Grid, span: Span, { size }: Opinion): boolean {
  if (span.job.check?.kind !== 'verify' || size > 2) return false;
  return hasVoterLeft(grid, span);
}

/**
 * Newcomers decide with a lead so large that it holds for the worst crowd; or, where no anchor is left and everybody here
 * has been asked and had time to come, by two votes more than any other opinion.
 */
function isNewcomersWord(grid: Grid, span: Span, opinion: Opinion): boolean {
  const { newcomersLead, newcomersMin } = ruleOf(span);
  const lead = opinion.size - opinion.second;
  if (lead >= newcomersLead) return true;
  if (lead < 2 || opinion.size < newcomersMin || hasAnchorLeft(grid, span)) return false;
  const isTime = grid.now >= (span.job.newcomersFrom ?? grid.now);
  return isTime && span.leases.length === 0 && !hasVoterLeft(grid, span);
}

function isEnoughAlone(grid: Grid, span: Span): boolean {
  const [vote] = span.votes;
  if (vote === undefined) return false;
  // What is in a window was let in.
  if (span.escrow) return true;
  return mayBeAlone(grid, span.job, { identity: vote.identity, tasks: span.count });
}

/**
 * Whether single results of the identity may be enough: it is known for it, and with what is expected to be wrong among
 * the single ones the job as a whole stays within its tier.
 */
export function mayBeAlone(
  grid: Grid,
  job: Job,
  of: { readonly identity: Identity; readonly tasks: number },
): boolean {
  const { rule } = job;
  if (job.check) return false;
  if (!rule || checkedOf(grid, of.identity, job) < rule.singleAt - ROUNDING) return false;
  if (ownErrorChance(grid, of.identity, job) > rule.epsilon + ROUNDING) return false;
  if (!isAnchor(grid, of.identity, job)) return false;
  const risk = job.risk + riskOf(grid, of.identity, job) * of.tasks;
  const believed = job.counts.final + job.counts.provisional + of.tasks;
  return risk <= RISK_SHARE * rule.epsilon * believed;
}

/** How likely a single result of the identity is wrong that no audit finds: by accident, or because it lies like others here. */
function riskOf(grid: Grid, identity: Identity, job: Job): number {
  const accident = Math.max(ownErrorChance(grid, identity, job), grid.prior.known);
  return accident * (1 - AUDITED_SHARE) + LIE_CHANCE * liarsShare(grid);
}

function liarsShare({ shutOut, volunteers }: Grid): number {
  return shutOut === 0 ? 0 : shutOut / (shutOut + volunteers.size);
}

function accept(grid: Grid, span: Span, groups: readonly number[], opinion: Opinion): void {
  const votesOf = (isIn: boolean) =>
    span.votes.filter((_, i) => (groups[i] === opinion.best) === isIn);
  const idsOf = (votes: readonly Vote[]) => votes.map((vote) => vote.identity);
  const winners = votesOf(true);
  elect(grid, span, {
    column: columnOf(span, opinion),
    voters: idsOf(winners),
    makers: idsOf(winners.filter((vote) => !vote.isCheck)),
    losers: span.job.check ? refuted(grid, span, groups, opinion) : idsOf(votesOf(false)),
    confidence: opinion.confidence,
  });
}

/** So little is left of a result that those who gave it count as wrong. */
const REFUTED_AT = 0.05;

/** Who objected to what is believed, and who gave what others objected to: one result may be as right as another. */
function refuted(grid: Grid, span: Span, groups: readonly number[], { best }: Opinion): Identity[] {
  const winner = (span.votes[best] as Vote).identity;
  const isOfBest = (identity: Identity) =>
    span.votes.some((vote, i) => groups[i] === best && vote.identity === identity);
  const { job, votes } = span;
  // Who could not check a result has said nothing against it.
  const objections = span.objections.filter(({ isUnable }) => !isUnable);
  const objectors = objections
    .filter(({ to, identity }) => to === winner && !isOfBest(identity))
    .map(({ identity }) => identity);
  const wrong = [...new Set(groups)].filter((group) => {
    if (group === best) return false;
    const { confidence, second } = checkedOpinion(grid, { job, votes, objections }, groups, group);
    return second > 0 && confidence <= REFUTED_AT + ROUNDING;
  });
  const makers = span.votes.filter((_, i) => wrong.includes(groups[i] as number));
  return [...new Set([...objectors, ...makers.map(({ identity }) => identity)])];
}

function columnOf(span: Span, { best }: Opinion): Column {
  return (span.votes[best] as Vote).column;
}

/** Asks for one more result, of an anchor where one is missing or opinions differ. */
function askOn(grid: Grid, span: Span, opinion: Opinion): void {
  const count = span.votes.length;
  const isLikely = opinion.confidence >= 0.5;
  span.candidate = span.job.check && isLikely ? span.votes[opinion.best] : undefined;
  const isUnanchored = !opinion.hasAnchor || opinion.second > 0;
  if (count + span.objections.length >= RESULTS_MAX) span.reserve = 'trusted';
  else span.reserve = isUnanchored ? reserveFor(grid, span) : undefined;
  span.asked = Math.max(span.asked, count + 1);
  reconsider(grid, span);
}

/** What waits for each anchor; with more than that, others are asked meanwhile. */
const RESERVED_PER_ANCHOR = 4;

function reserveFor(grid: Grid, span: Span): 'anchor' | undefined {
  const { reserved } = span.job;
  const isBusy = reserved.size >= RESERVED_PER_ANCHOR * anchorsOf(grid, span.job).length;
  if (isBusy && !reserved.has(span)) return undefined;
  return hasAnchorLeft(grid, span) ? 'anchor' : undefined;
}

/** A single result of a well-known volunteer goes into its window. */
function holdForAudit(grid: Grid, span: Span): void {
  const { job } = span;
  const { identity, column } = span.votes[0] as Vote;
  if (span.escrow) return askAuditor(grid, span);
  const window = job.windows.get(identity) ?? new Escrow(job, identity, grid.now);
  job.windows.set(identity, window);
  job.escrows.add(window);
  job.risk += riskOf(grid, identity, job) * span.count;
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
  span.reserve = reserveFor(grid, span);
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

const COOLING_MS_MIN = 250;
const COOLING_MS_MAX = 30_000;

/** Whether a result that is believed may be final: a trusted word may at once. */
function isCool(grid: Grid, span: Span, opinion: Opinion): boolean {
  if (opinion.isTrusted || ruleOf(span).coolingTasks === 0) return true;
  return span.coolUntil !== undefined && grid.now >= span.coolUntil;
}

/** Who lies is found out in a few tasks' time; until then what it confirmed can be taken back. */
function cool(grid: Grid, span: Span): void {
  const { job } = span;
  leaveEscrowUnlessAudited(grid, span);
  const ms = ruleOf(span).coolingTasks * (job.msPerTask ?? COOLING_MS_MIN);
  span.coolUntil ??= grid.now + Math.min(COOLING_MS_MAX, Math.max(COOLING_MS_MIN, ms));
  job.cooling.add(span);
  span.asked = span.votes.length;
  span.reserve = undefined;
  refresh(grid, span);
}

export function stopCooling(span: Span): void {
  if (span.coolUntil === undefined) return;
  span.coolUntil = undefined;
  span.job.cooling.delete(span);
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
