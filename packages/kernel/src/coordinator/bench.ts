import type { Grid } from './grid.ts';
import type { Volunteer } from './volunteer-table.ts';

// Who brings nothing is left out for a while, longer each time; one accepted result ends that.

const RETURN_BENCH_MS = 50;
const RETURN_BENCH_MS_MAX = 10_000;
const CONTRADICTED_ERRORS = 8;

/** For letting leases run out, or failing again and again at what others can do. */
export function bench(grid: Grid, volunteer: Volunteer): void {
  const { benchMs, benchMsMax } = grid.limits;
  const ms = Math.min(benchMs * 2 ** Math.min(volunteer.strikes, 20), benchMsMax);
  volunteer.strikes++;
  sit(grid, volunteer, ms);
}

/** For giving leases back: the first time is free. */
export function benchReturner(grid: Grid, volunteer: Volunteer): void {
  const returns = volunteer.returns++;
  if (returns === 0) return;
  const ms = Math.min(RETURN_BENCH_MS * 2 ** Math.min(returns, 20), RETURN_BENCH_MS_MAX);
  sit(grid, volunteer, ms);
}

/**
 * An error on a task that others computed. A tab that fails at everything does so quickly and would draw in all the
 * work of a grid.
 */
export function contradictError(grid: Grid, volunteer: Volunteer): void {
  volunteer.contradicted++;
  if (volunteer.contradicted % CONTRADICTED_ERRORS === 0) bench(grid, volunteer);
}

function sit(grid: Grid, volunteer: Volunteer, ms: number): void {
  volunteer.benchedUntil = Math.max(volunteer.benchedUntil, grid.now + ms);
  grid.recount(volunteer);
  watch(grid, volunteer);
}

/**
 * Sets when to look at the volunteer again. A message moves no deadline: at the old one the silence is measured anew,
 * so a lively volunteer costs one look every suspectMs.
 */
export function watch(grid: Grid, volunteer: Volunteer): void {
  const { suspectMs, deadMs } = grid.limits;
  let dueAt = volunteer.heardAt + (volunteer.isSuspect ? deadMs : suspectMs);
  for (const lease of volunteer.leases) dueAt = Math.min(dueAt, lease.expiresAt);
  if (volunteer.benchedUntil > grid.now) dueAt = Math.min(dueAt, volunteer.benchedUntil);
  grid.deadlines.set(volunteer, dueAt);
}
