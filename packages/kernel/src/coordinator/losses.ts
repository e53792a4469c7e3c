import { noteCrash } from './crashers.ts';
import type { Grid } from './grid.ts';
import type { Lease } from './lease-table.ts';
import { endLease, shrink, uncover } from './leases.ts';
import { reconsider } from './settle.ts';
import type { Span } from './span.ts';
import { refresh } from './spans.ts';
import type { Volunteer } from './volunteer-table.ts';

export interface Loss {
  readonly detail: string;
  /** Whether the copy may have been begun, so that it counts as one of those that may be made. */
  readonly isBegun: boolean;
  /** Only the link is gone: the holder may bring the lease back. */
  readonly mayReturn?: boolean;
}

/** Ends a lease that will bring nothing more; what it covered is handed out again. */
export function loseLease(grid: Grid, lease: Lease, loss: Loss): void {
  const { job } = lease;
  grid.share.charge(job, -(lease.msPerTask ?? 0) * lease.remaining);
  shrink(lease, lease.remaining);
  endLease(grid, lease);
  grid.attempts.add(lease, { from: lease.from, to: lease.to, outcome: 'lost', at: grid.now });
  // Another life would take the answers of a check for results.
  if (loss.mayReturn && !lease.questions) grid.leases.depart(lease, loss.isBegun);
  const spans = job.pages.at(lease.from)?.spansIn(lease.from, lease.to) ?? [];
  for (const span of spans) if (span.leases.includes(lease)) loseCopy(grid, span, lease, loss);
  job.notes.story.add({
    at: grid.now,
    from: lease.from,
    to: lease.to,
    cause: grid.cause,
    what: 'lost',
    who: lease.volunteer.identity.id,
    lease: lease.id,
    detail: loss.detail,
  });
}

function loseCopy(grid: Grid, span: Span, lease: Lease, loss: Loss): void {
  uncover(span, lease);
  const { identity } = lease.volunteer;
  if (!span.lost.includes(identity)) span.lost = [...span.lost, identity].slice(-LOST_MAX);
  if (!loss.isBegun) return refresh(grid, span);
  span.lostCount++;
  noteCrash(grid, span);
  reconsider(grid, span);
}

/** Ends all leases of a volunteer. Each worker runs the oldest first, so only those may have been begun. */
export function loseAllLeases(grid: Grid, volunteer: Volunteer, loss: Loss): void {
  let rank = 0;
  for (const lease of [...volunteer.leases]) {
    const isBegun = loss.isBegun && rank++ < volunteer.workers;
    if (lease.isLive) loseLease(grid, lease, { ...loss, isBegun });
  }
}

/** The identities remembered as having lost a copy of a span. */
const LOST_MAX = 16;
