import { expect, valuesOf } from './fixtures.ts';
import { test as withDatabase } from './postgres.ts';
import { SLOW_JS, slowValue } from './tasks.ts';

const TASKS = 300;

const test = withDatabase.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
  upArgs: async ({}, use) => use([]),
});

test('[ST67] a grid is backed up in the middle of a job and goes on in PostgreSQL, with its token and its tabs', async ({
  grid,
  openTab,
  database,
}) => {
  test.slow();
  await openTab();
  await openTab();
  const file = grid.file('slow.js', SLOW_JS);
  const inputs = ['--inputs', `range:0..${TASKS}`, '--quorum', '2'];
  const submitted = await grid.run('run', file, ...inputs, '--detach', '--json');
  const job = submitted.rows[0]?.job as string;
  const before = grid.spawn('results', job, '--json');
  await before.wrote(TASKS / 3);
  const backup = await grid.run('backup', 'grid.backup', '--json');
  expect(backup).toMatchObject({ code: 0, rows: [{ jobs: 1 }] });
  await grid.crash();
  const restored = await grid.run('restore', 'grid.backup', '--database', database, '--json');
  expect(restored.code).toBe(0);
  expect(restored.rows).toEqual(backup.rows);
  const again = await grid.run('restore', 'grid.backup', '--database', database, '--json');
  expect(again.rows).toMatchObject([{ error: { code: 'data-exists' } }]);
  await grid.restart(['--data', 'elsewhere', '--database', database]);
  // Rows that came after the backup are computed again, perhaps in another order: who reads them begins anew.
  before.kill();
  const { rows, code } = await grid.run('results', job, '--json');
  expect(valuesOf(rows, TASKS)).toEqual(Array.from({ length: TASKS }, (_, n) => slowValue(n)));
  expect(code).toBe(0);
});
