import { isUnreliable } from '../validation/reputation.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import { loseAllLeases } from './losses.ts';
import { removeVotes } from './settle.ts';
import { writeQuarantine } from './standings.ts';
import type { Identity } from './volunteer-table.ts';

/**
 * Takes back what those who were found wrong said of undecided tasks, as it may be wrong as well; and shuts out those who
 * were found wrong too often: no work, no leases, no votes, for a day.
 */
export function quarantineLiars(grid: Grid): void {
  // What is left without their votes may find others wrong.
  for (const identity of grid.blamed) {
    grid.blamed.delete(identity);
    const until = identity.faultAt + grid.limits.quarantineMs;
    if (identity.isQuarantined || until <= grid.now) continue;
    if (isUnreliable(identity)) quarantine(grid, identity, until);
    else takeBack(grid, identity, grid.tierJobs);
  }
}

function quarantine(grid: Grid, identity: Identity, until: number): void {
  identity.isQuarantined = true;
  grid.shutOut++;
  identity.quarantinedAt = grid.now;
  identity.quarantinedUntil = until;
  writeQuarantine(grid, identity);
  grid.out.quarantined(identity.id, until);
  const volunteer = identity.connected;
  if (volunteer) {
    grid.recount(volunteer);
    for (const lease of volunteer.leases) grid.out.revoke(volunteer.session, lease.id);
    loseAllLeases(grid, volunteer, { detail: 'its holder was found wrong', isBegun: false });
  }
  takeBack(grid, identity, grid.jobs.values());
}

function takeBack(grid: Grid, identity: Identity, jobs: Iterable<Job>): void {
  for (const job of jobs) {
    if (identity.openVotes === 0) return;
    for (const page of job.pages.open) {
      for (const span of [...page.spans]) removeVotes(grid, span, identity);
    }
  }
}

/** A quarantine that is over leaves no trace but what the volunteer is known for. */
export function liftQuarantine(grid: Grid, identity: Identity): void {
  if (!identity.isQuarantined || (identity.quarantinedUntil ?? 0) > grid.now) return;
  identity.isQuarantined = false;
  grid.shutOut--;
  identity.quarantinedAt = undefined;
  identity.quarantinedUntil = undefined;
  identity.faultsAt = [];
  // What it was wrong at before is not counted a second time.
  identity.invalid = 0;
}
