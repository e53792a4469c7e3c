import { survivesCrashes } from './crashes.ts';
import { expect, test, valuesOf } from './fixtures.ts';
import { SLOW_JS } from './tasks.ts';

// The coordinator is killed and comes back on its own data; tabs and the submitter's stream find it by themselves.

test('[CO75] a coordinator killed five times in the middle of a job loses and doubles nothing', async ({
  grid,
  openTab,
}) => {
  test.slow();
  await survivesCrashes(grid, openTab);
});

test('[CO76] a job that ended before a crash is there after it, with every row', async ({
  grid,
  openTab,
}) => {
  await openTab();
  const file = grid.file('slow.js', SLOW_JS);
  const { rows } = await grid.run('run', file, '--inputs', 'range:0..40', '--json');
  const job = rows.at(-1)?.job as string;
  await grid.crashAndRestart();
  const again = await grid.run('results', job, '--json');
  expect(valuesOf(again.rows, 40)).toEqual(valuesOf(rows, 40));
});
