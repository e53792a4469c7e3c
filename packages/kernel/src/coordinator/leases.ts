import { assert } from '@manytabs/protocol';
import type { Grid } from './grid.ts';
import type { Lease } from './lease-table.ts';
import type { Span } from './span.ts';

// How leases end well: reported, or not needed any more.

/** The holder reported on so many tasks. */
export function reportTasks(grid: Grid, lease: Lease, tasks: number): void {
  shrink(lease, tasks);
  if (lease.remaining === 0) endLease(grid, lease);
}

/** So many of its tasks were decided by others; the holder is told once nothing is left. */
export function releaseLease(grid: Grid, lease: Lease, tasks: number): void {
  shrink(lease, tasks);
  if (lease.remaining > 0) return;
  giveUp(grid, lease);
}

/** Nothing is wanted of it any more. */
export function giveUp(grid: Grid, lease: Lease): void {
  endLease(grid, lease);
  grid.attempts.add(lease, { from: lease.from, to: lease.to, outcome: 'unneeded', at: grid.now });
  grid.out.revoke(lease.volunteer.session, lease.id);
  grid.freed.add(lease.volunteer);
}

export function endLease(grid: Grid, lease: Lease): void {
  const { volunteer } = lease;
  grid.leases.end(lease);
  lease.job.leases.delete(lease);
  volunteer.leases.splice(volunteer.leases.indexOf(lease), 1);
  if (volunteer.leases.length === 0) volunteer.queuedMs = 0;
}

/** The span is no longer covered by the lease. */
export function uncover(span: Span, lease: Lease): void {
  assert(span.leases.includes(lease), 'a lease covers what it gives up');
  span.leases = span.leases.filter((other) => other !== lease);
}

export function shrink(lease: Lease, tasks: number): void {
  lease.remaining -= tasks;
  assert(lease.remaining >= 0, 'a lease is not used twice for a task');
  lease.volunteer.queuedMs -= (lease.msPerTask ?? 0) * tasks;
}
