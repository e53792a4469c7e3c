import { isOfOtherEngine } from './engines.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import type { Span } from './span.ts';
import { checkedOf, isTrusted } from './standings.ts';
import type { Identity, Volunteer } from './volunteer-table.ts';

/** Whether the job can run there at all. */
export function canRun(volunteer: Volunteer, job: Job): boolean {
  return !volunteer.slots.get(job)?.isRefused && hasMemory(volunteer, job);
}

export function hasMemory({ memoryMB }: Volunteer, { spec }: Job): boolean {
  return (spec.program.memoryMB ?? 0) <= memoryMB;
}

/**
 * Whether an identity may get a copy of a span: never where it has one or has voted; after an error only where nobody
 * else is left to ask, so that a grid of one tab still comes to an end; and what is reserved only if it is for them.
 */
export function mayTake(grid: Grid, volunteer: Volunteer, span: Span): boolean {
  return isReservedFor(grid, volunteer.identity, span) && mayVote(grid, volunteer, span);
}

/** The same, whoever is asked for now. */
export function mayVote(grid: Grid, volunteer: Volunteer, span: Span): boolean {
  const { identity } = volunteer;
  if (span.hasVoteOf(identity) || span.hasLeaseOf(identity)) return false;
  if (span.barred.includes(identity) || span.hasObjected(identity)) return false;
  if (hasNeighbour(span, identity) || isOfOtherEngine(grid, identity, span)) return false;
  return !span.hasErrorOf(identity) || isNobodyElseLeft(grid, span);
}

function isReservedFor(grid: Grid, identity: Identity, { reserve, job }: Span): boolean {
  if (reserve === undefined || isTrusted(identity, job)) return true;
  return reserve === 'anchor' && checkedOf(grid, identity, job) >= job.anchorAt;
}

/** One vote for each network and each site, as one person may be behind all of it. */
function hasNeighbour({ job, votes, objections, leases }: Span, identity: Identity): boolean {
  const near = neighboursOf(job);
  if (!near || isTrusted(identity, job)) return false;
  return (
    votes.some((vote) => near(vote.identity, identity)) ||
    objections.some((one) => one.identity !== identity && near(one.identity, identity)) ||
    leases.some((lease) => near(lease.volunteer.identity, identity))
  );
}

type Neighbours = (a: Identity, b: Identity) => boolean;

/** Who has one vote together; where one word is enough there is nothing to outvote. */
export function neighboursOf({ tier, quorum }: Job): Neighbours | undefined {
  if (tier) return (a, b) => isSameNetwork(a, b) || isSameSite(a, b);
  return quorum.minQuorum > 1 ? isSameSite : undefined;
}

function isSameNetwork(a: Identity, b: Identity): boolean {
  return a.network !== undefined && a.network === b.network;
}

function isSameSite(a: Identity, b: Identity): boolean {
  return a.site !== undefined && a.site === b.site;
}

function isNobodyElseLeft(grid: Grid, span: Span): boolean {
  const barred = new Set<Identity>();
  for (const vote of span.votes) barred.add(vote.identity);
  for (const lease of span.leases) barred.add(lease.volunteer.identity);
  for (const error of span.errors) barred.add(error.identity);
  let takers = takersOf(grid, span.job);
  for (const identity of barred) if (isTaker(identity, span.job)) takers--;
  if (takers <= 0) return true;
  for (const identity of span.job.refusals.keys()) {
    if (!barred.has(identity) && isTaker(identity, span.job)) takers--;
  }
  return takers <= 0;
}

/** Volunteers that take work and can run this. */
export function takersOf(grid: Grid, job: Job): number {
  if (job.spec.program.memoryMB === undefined) return grid.takersTotal;
  let takers = 0;
  for (const volunteer of grid.volunteers.all()) if (takes(volunteer, job)) takers++;
  return takers;
}

function isTaker({ connected }: Identity, job: Job): boolean {
  return connected !== undefined && takes(connected, job);
}

function takes(volunteer: Volunteer, job: Job): boolean {
  return volunteer.counted > 0 && hasMemory(volunteer, job);
}
