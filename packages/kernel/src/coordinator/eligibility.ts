import type { Grid } from './grid.ts';
import type { Span } from './span.ts';
import type { Identity, Volunteer } from './volunteer-table.ts';

/**
 * Whether an identity may get a copy of a span: never where it has one or has voted; after an error only where nobody
 * else is left to ask, so that a grid of one tab still comes to an end.
 */
export function mayTake(grid: Grid, volunteer: Volunteer, span: Span): boolean {
  const { identity } = volunteer;
  if (span.hasVoteOf(identity) || span.hasLeaseOf(identity)) return false;
  return !span.hasErrorOf(identity) || isNobodyElseLeft(grid, span);
}

function isNobodyElseLeft(grid: Grid, span: Span): boolean {
  const barred = new Set<Identity>();
  for (const vote of span.votes) barred.add(vote.identity);
  for (const lease of span.leases) barred.add(lease.volunteer.identity);
  for (const error of span.errors) barred.add(error.identity);
  let takers = grid.takersTotal;
  for (const identity of barred) if (isTaker(identity)) takers--;
  if (takers <= 0) return true;
  for (const identity of span.job.refusals.keys()) {
    if (!barred.has(identity) && isTaker(identity)) takers--;
  }
  return takers <= 0;
}

function isTaker(identity: Identity): boolean {
  return (identity.connected?.counted ?? 0) > 0;
}
