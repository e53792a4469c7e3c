import { isUnreliable } from '../validation/reputation.ts';
import type { Grid } from './grid.ts';
import { loseAllLeases } from './losses.ts';
import { removeVotes } from './settle.ts';
import type { Identity } from './volunteer-table.ts';

/** Shuts out those who were found wrong too often: no work, no leases, and no say in what is undecided. */
export function quarantineLiars(grid: Grid): void {
  for (const identity of grid.blamed) {
    if (!identity.isQuarantined && isUnreliable(identity)) quarantine(grid, identity);
  }
  grid.blamed.clear();
}

function quarantine(grid: Grid, identity: Identity): void {
  identity.isQuarantined = true;
  const volunteer = identity.connected;
  if (volunteer) {
    grid.recount(volunteer);
    for (const lease of volunteer.leases) grid.out.revoke(volunteer.session, lease.id);
    loseAllLeases(grid, volunteer, { detail: 'its holder was found wrong', isBegun: false });
  }
  for (const job of grid.jobs.values()) {
    for (const page of job.pages.open) {
      for (const span of [...page.spans]) removeVotes(grid, span, identity);
    }
  }
}
