import { gridContract } from '../test/grid-contract.ts';
import { MemoryGrid } from '../test/memory-grid.ts';

gridContract('connected', async () => {
  const world = new MemoryGrid();
  world.donate({ workers: 2 });
  const grid = await world.submitter();
  while ((await grid.status()).volunteers === 0) await new Promise((done) => setImmediate(done));
  return { grid, close: () => world.close() };
});
