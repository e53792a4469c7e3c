import type { Load } from './opening.ts';

/**
 * Which part of its volunteers a server offers to another as well, from 0 to 1: those that are idle here go anyway. Half
 * of what it has more than the other, so that the two come to the same; and as many as the other's jobs need at least,
 * since a quorum that is short of volunteers stands still.
 */
export function shareToLend(mine: Load, theirs: Load): number {
  if (theirs.needed === 0 || mine.volunteers === 0) return 0;
  const missing = Math.max(0, theirs.needed - theirs.volunteers);
  const surplus = mine.needed === 0 ? mine.volunteers : (mine.volunteers - theirs.volunteers) / 2;
  return Math.min(1, Math.max(missing, Math.floor(surplus), 0) / mine.volunteers);
}

/** Where a new job goes: to the server with the fewest jobs for each of its workers, the nearest first. */
export function leastLoaded(loads: readonly Pick<Load, 'jobs' | 'workers'>[]): number {
  const costs = loads.map(({ jobs, workers }) => (jobs + 1) / Math.max(1, workers));
  return costs.indexOf(Math.min(...costs));
}
