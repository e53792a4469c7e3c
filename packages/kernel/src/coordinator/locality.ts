import { LIMITS, type ShardId } from '@manytabs/protocol';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import type { Span } from './span.ts';
import type { Volunteer } from './volunteer-table.ts';

// Tasks whose inputs are files of the grid go where the files are, as far as that costs nobody any waiting.

/** Bundles that are compared for one volunteer, and so many are cut beforehand. */
export const NEAR_SPANS = 64;
/** Shards of a bundle whose holders are asked for. */
const LOOKS_MAX = 4;

/** The shards that the inputs of a bundle name; none for a job whose inputs are no files. */
function nearOf(job: Job, index: number): readonly ShardId[] {
  return job.hasNear && job.chunks ? (job.chunks.at(index).chunk.near ?? []) : [];
}

/** How many of them this volunteer holds. */
export function localShards(grid: Grid, volunteer: Volunteer, span: Span): number {
  let local = 0;
  for (const shard of nearOf(span.job, span.from)) {
    if (grid.shards.holds(volunteer.session, shard)) local++;
  }
  return local;
}

/** Who holds some of them. */
export function holdersOf(grid: Grid, span: Span): Set<Volunteer> {
  const holders = new Set<Volunteer>();
  for (const shard of nearOf(span.job, span.from).slice(0, LOOKS_MAX)) {
    for (const session of grid.shards.sessionsOf(shard)) {
      const volunteer = grid.volunteers.at(session);
      if (volunteer) holders.add(volunteer);
    }
  }
  return holders;
}

/** Notes, for a bundle that is given out, how much of its inputs is there already, and how much chance would give. */
export function noteLocality(grid: Grid, volunteer: Volunteer, job: Job, from: number): void {
  const here = Math.max(1, grid.volunteers.size);
  for (const shard of nearOf(job, from)) {
    job.locality.shards++;
    if (grid.shards.holds(volunteer.session, shard)) job.locality.local++;
    else job.notes.cost.addGiven(grid.shards.view(shard)?.bytes ?? 0);
    job.locality.byChance += (grid.shards.standing(shard)?.copies ?? 0) / here;
  }
}

/** A job that reads a file keeps the version it was given. */
export function wantNear(grid: Grid, near: readonly ShardId[] = []): void {
  for (const shard of near) {
    grid.shards.hold(shard, grid.shards.view(shard)?.bytes ?? LIMITS.SHARD_BYTES);
  }
}

export function releaseNear(grid: Grid, near: readonly ShardId[] = []): void {
  for (const shard of near) grid.shards.unhold(shard);
}
