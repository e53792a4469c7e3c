import { hasMemory } from './eligibility.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import type { Span } from './span.ts';
import type { Identity, Volunteer } from './volunteer-table.ts';

// Where each engine's own Math is used, results of one engine say nothing of those of another: only results of the same
// are compared.

const RENEW_MS = 1_000;
const SMALL_GRID = 64;

/** Whether the identity's engine is not the one whose results of the span are compared, while enough of that are there. */
export function isOfOtherEngine(grid: Grid, identity: Identity, span: Span): boolean {
  if (!span.job.isByEngine) return false;
  const holder = span.leases[0]?.volunteer.identity ?? span.votes[0]?.identity;
  if (!holder || holder.engine === identity.engine) return false;
  return span.leases.length > 0 || areEnough(grid, span, holder.engine);
}

/** Whether those of the engine who gave results and those who may are as many as have to agree. */
function areEnough(grid: Grid, span: Span, engine: string | undefined): boolean {
  let left = neededBy(span.job) - span.votes.length;
  if (left <= 0) return true;
  for (const { counted, identity } of grid.volunteers.all()) {
    if (counted === 0 || identity.engine !== engine || span.hasVoteOf(identity)) continue;
    if (span.job.refusals.has(identity) || span.barred.includes(identity)) continue;
    if (!span.hasErrorOf(identity) && --left <= 0) return true;
  }
  return false;
}

/** Volunteers of one engine who have to agree. */
function neededBy({ rule, quorum }: Job): number {
  return rule?.newcomersMin ?? quorum.minQuorum;
}

/** Whether results of others are there that cannot be compared with one of this identity. */
export function hasForeignVotes(span: Span, identity: Identity): boolean {
  return span.job.isByEngine && span.votes.some((vote) => vote.identity.engine !== identity.engine);
}

/** Whether fresh tasks are for the volunteer: where enough of one engine are here, they are for those. */
export function mayBegin(grid: Grid, { identity }: Volunteer, job: Job): boolean {
  if (!job.isByEngine) return true;
  const engines = enginesOf(grid, job);
  const needed = neededBy(job);
  if ((engines.get(identity.engine) ?? 0) >= needed) return true;
  return Math.max(0, ...engines.values()) < needed;
}

/** How many volunteers here have which engine. */
function enginesOf(grid: Grid, job: Job): ReadonlyMap<string | undefined, number> {
  const isNews = grid.volunteers.size <= SMALL_GRID && job.enginesEvidence !== grid.evidence;
  if (grid.now < job.enginesUntil && !isNews) return job.engines;
  const engines = new Map<string | undefined, number>();
  for (const volunteer of grid.volunteers.all()) {
    const { counted, identity } = volunteer;
    if (counted === 0 || job.refusals.has(identity) || !hasMemory(volunteer, job)) continue;
    engines.set(identity.engine, (engines.get(identity.engine) ?? 0) + 1);
  }
  job.engines = engines;
  job.enginesUntil = grid.now + RENEW_MS;
  job.enginesEvidence = grid.evidence;
  return engines;
}

/** Why some who are here get nothing of the job. */
export function explainEngines(grid: Grid, job: Job): string[] {
  if (!job.isByEngine) return [];
  let others = 0;
  for (const volunteer of grid.volunteers.all()) {
    if (volunteer.counted > 0 && !mayBegin(grid, volunteer, job)) others++;
  }
  if (others === 0) return [];
  return [
    `Its results are compared among browsers with the same Math (determinism class): ${others} of the volunteers here differ from most and are given none of its fresh tasks.`,
  ];
}
