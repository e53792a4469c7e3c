import type { Belief, JobId, QuarantineView, StandingView, VolunteerId } from '@manytabs/protocol';
import { partition } from '../validation/tally.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import { opinionOf } from './opinion.ts';
import type { Span } from './span.ts';
import { checkedOf, errorChanceOf, isTrusted } from './standings.ts';
import type { Identity } from './volunteer-table.ts';

// Why a result is believed, and who is not; reading changes nothing.

/** What is known of one task's results: of one that is decided, the votes are in the story alone. */
export function beliefOf(grid: Grid, id: JobId, index: number): Belief | undefined {
  const job = grid.jobs.get(id);
  if (!job) return grid.ended.belief(id, index);
  if (index < job.first || index >= job.end) return undefined;
  const decided = job.notes.verdicts.find(index);
  const disagreements = job.notes.disagreements.toArray().filter((row) => row.index === index);
  const state = job.pages.stateOf(index);
  const span = state === 'open' ? job.pages.at(index)?.spanAt(index) : undefined;
  return {
    index,
    tier: job.tier ?? 'none',
    state: state !== 'open' ? state : span && span.votes.length > 0 ? 'provisional' : 'waiting',
    confidence: decided?.confidence,
    voters: decided?.voters ?? [],
    groups: span && span.votes.length > 0 ? groupsOf(grid, span, index) : [],
    isAudited: span?.escrow?.audits.has(span) ?? false,
    disagreements,
    story: job.notes.story.of(index),
    waitsFor: span ? waitsFor(job, span) : undefined,
  };
}

function groupsOf(grid: Grid, span: Span, index: number): Belief['groups'] {
  const { job } = span;
  const columns = span.votes.map((vote) => vote.column);
  const [run] = partition(columns, { from: index, to: index + 1 }, job.grouping) ?? [];
  // What is too much to compare stands for itself.
  const groups = run?.groups ?? columns.map((_, i) => i);
  const best = job.tier ? opinionOf(grid, span, groups) : undefined;
  return [...new Set(groups)].map((group) => ({
    voters: span.votes.flatMap(({ identity }, i) =>
      groups[i] === group ? [standingView(grid, identity, job)] : [],
    ),
    confidence: best?.best === group ? best.confidence : undefined,
    ...(job.check ? { objectors: objectorsTo(span, groups, group) } : {}),
  }));
}

function objectorsTo(span: Span, groups: readonly number[], group: number): VolunteerId[] {
  const ofGroup = span.votes.filter((_, i) => groups[i] === group).map(({ identity }) => identity);
  const against = span.objections.filter(({ to, isUnable }) => !isUnable && ofGroup.includes(to));
  return [...new Set(against.map(({ identity }) => identity.id))];
}

function standingView(grid: Grid, identity: Identity, job: Job): StandingView {
  return {
    volunteer: identity.id,
    trusted: isTrusted(identity, job),
    checked: checkedOf(grid, identity, job),
    errorChance: errorChanceOf(grid, identity, job),
  };
}

function waitsFor(job: Job, span: Span): string | undefined {
  if (span.leases.length > 0) return 'a volunteer that computes it';
  if (span.candidate && span.reserve === undefined)
    return 'one more volunteer that checks its result';
  if (span.escrow?.spans.has(span)) return 'the audits of other results of its volunteer';
  if (span.reserve === 'trusted') return 'a trusted volunteer, as too many results contradict';
  if (span.reserve === 'anchor') return 'a volunteer that was right before';
  return job.tier && span.missing > 0 ? 'one more volunteer' : undefined;
}

export function quarantinedOf(grid: Grid): QuarantineView[] {
  const views: QuarantineView[] = [];
  for (const identity of grid.volunteers.identities()) {
    const { quarantinedAt, quarantinedUntil } = identity;
    if (!identity.isQuarantined || (quarantinedUntil ?? 0) <= grid.now) continue;
    views.push({
      volunteer: identity.id,
      at: quarantinedAt ?? 0,
      until: quarantinedUntil ?? 0,
      valid: identity.valid,
      invalid: identity.invalid,
      isHere: identity.connected !== undefined,
      seen: seenWrong(grid, identity.id),
    });
  }
  return views;
}

const SEEN_MAX = 10;

/** The newest tasks on which it was found wrong. */
function seenWrong(grid: Grid, volunteer: VolunteerId): QuarantineView['seen'] {
  const rows: QuarantineView['seen'][number][] = [];
  for (const [jobId, notes] of notesOf(grid)) {
    for (const { at, index, losers } of notes.disagreements.toArray()) {
      if (losers.includes(volunteer)) rows.push({ at, jobId, index });
    }
  }
  return rows.sort((a, b) => b.at - a.at).slice(0, SEEN_MAX);
}

function* notesOf(grid: Grid): Generator<[JobId, Job['notes']]> {
  yield* grid.ended.notes();
  for (const job of grid.jobs.values()) yield [job.id, job.notes];
}
