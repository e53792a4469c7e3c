import type { Grid } from './grid.ts';

/** Sends what the shard map wants copied or dropped. */
export function orderReplicas(grid: Grid): void {
  for (const { to, shard, bytes, peers } of grid.shards.work(grid.now)) {
    grid.out.send(to, { type: 'replicate', shard, bytes, peers });
  }
  for (const { to, shards } of grid.shards.drops()) {
    for (const shard of shards) grid.volunteers.at(to)?.shards.delete(shard);
    grid.out.send(to, { type: 'drop-shards', shards });
  }
}
