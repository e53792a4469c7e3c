import { anchorAt } from '../validation/credibility.ts';
import { hasMemory, mayVote } from './eligibility.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import type { Span } from './span.ts';
import { checkedOf, isTrusted } from './standings.ts';
import type { Identity, Volunteer } from './volunteer-table.ts';

// Who may anchor a group of equal results: somebody who was right often enough, or who is trusted.

const RENEW_MS = 1_000;
/** In a grid so small every arrival and departure is taken into account at once. */
const SMALL_GRID = 64;

/** The volunteers here that may anchor a result of the job, those who are trusted first. */
export function anchorsOf(grid: Grid, job: Job): readonly Volunteer[] {
  const isOld = grid.now >= job.anchorsUntil;
  const isNews = grid.volunteers.size <= SMALL_GRID && job.anchorsEvidence !== grid.evidence;
  if (isOld || isNews) renew(grid, job);
  return job.anchors;
}

function renew(grid: Grid, job: Job): void {
  const trusted: Volunteer[] = [];
  const others: { readonly volunteer: Volunteer; readonly checked: number }[] = [];
  for (const volunteer of grid.volunteers.all()) {
    if (volunteer.counted === 0 || job.refusals.has(volunteer.identity)) continue;
    if (!hasMemory(volunteer, job)) continue;
    if (isTrusted(volunteer.identity, job)) trusted.push(volunteer);
    else others.push({ volunteer, checked: checkedOf(grid, volunteer.identity, job) });
  }
  job.anchorAt = anchorAt(others.map(({ checked }) => checked));
  const known = others.filter(({ checked }) => checked >= job.anchorAt);
  job.anchors = [...trusted, ...known.map(({ volunteer }) => volunteer)];
  job.anchorsUntil = grid.now + RENEW_MS;
  job.anchorsEvidence = grid.evidence;
}

export function isAnchor(grid: Grid, identity: Identity, job: Job): boolean {
  if (isTrusted(identity, job)) return true;
  anchorsOf(grid, job);
  return checkedOf(grid, identity, job) >= job.anchorAt;
}

/** Whether an anchor is here that has not had its say on the span. */
export function hasAnchorLeft(grid: Grid, span: Span): boolean {
  const { job } = span;
  return anchorsOf(grid, job).some((anchor) => mayBeAsked(grid, anchor, span));
}

/** Whether anybody is here that has not had a say on the span. */
export function hasVoterLeft(grid: Grid, span: Span): boolean {
  for (const volunteer of grid.volunteers.all()) {
    if (mayBeAsked(grid, volunteer, span)) return true;
  }
  return false;
}

function mayBeAsked(grid: Grid, volunteer: Volunteer, span: Span): boolean {
  if (volunteer.counted === 0 || span.job.refusals.has(volunteer.identity)) return false;
  if (!hasMemory(volunteer, span.job)) return false;
  return !span.hasErrorOf(volunteer.identity) && mayVote(grid, volunteer, span);
}
