import { SHARD_LIMITS } from '../shards/shard-limits.ts';
import type { Grid } from './grid.ts';

/** Sends what the shard map wants copied or dropped. */
export function orderReplicas(grid: Grid): void {
  for (const { to, shard, bytes, peers } of grid.shards.work(grid.now)) {
    grid.out.send(to, { type: 'replicate', shard, bytes, peers });
  }
  for (const { to, shard, peers } of grid.shards.located(grid.now)) {
    grid.out.send(to, { type: 'holders', shard, peers });
  }
  for (const { to, shards } of grid.shards.drops()) {
    for (const shard of shards) grid.volunteers.at(to)?.shards.delete(shard);
    grid.out.send(to, { type: 'drop-shards', shards });
  }
}

/** Now and then a random copy that a file counts on is put to the proof. */
export function scrub(grid: Grid): void {
  if (grid.now < grid.scrubAt) return;
  const { SCRUB_MS_PER_VOLUNTEER, SCRUB_MS_MIN } = SHARD_LIMITS;
  const everyMs = SCRUB_MS_PER_VOLUNTEER / Math.max(1, grid.volunteers.size);
  grid.scrubAt = grid.now + Math.max(SCRUB_MS_MIN, everyMs);
  const drawn = grid.shards.drawKept(grid.scrubDraws);
  if (drawn) grid.out.checkShard(drawn.session, drawn.shard);
}

/** Files are kept: somebody must wake the scrubbing. */
export function nextScrubAt(grid: Grid): number | undefined {
  return grid.volunteers.size > 0 && grid.shards.hasKept ? grid.scrubAt : undefined;
}
