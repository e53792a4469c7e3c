import { expect, test, valuesOf } from './fixtures.ts';
import { CUBE_TS, POWER_TS, SQUARE_JS, SQUARE_WASM, squares } from './tasks.ts';

test('a JavaScript file runs on two tabs over WebRTC, each result agreed by both', async ({
  grid,
  openTab,
}) => {
  const tabs = [await openTab(), await openTab()];
  for (const { page } of tabs) {
    await expect(page.locator('html')).toHaveAttribute('data-road', 'webrtc');
  }
  const file = grid.file('square.js', SQUARE_JS);
  const { code, rows } = await grid.run(
    'run',
    file,
    '--inputs',
    'range:0..500',
    '--quorum',
    '2',
    '--json',
  );
  expect(valuesOf(rows, 500)).toEqual(squares(500));
  expect(rows[0]).toMatchObject({ trust: { votes: 2 } });
  expect(rows.at(-1)).toMatchObject({ state: 'done', summary: { final: 500, failed: 0 } });
  expect(code).toBe(0);
  const nodes = await grid.run('nodes', '--json');
  const volunteers = nodes.rows.map(({ volunteer }) => volunteer).sort();
  expect(volunteers).toEqual(tabs.map(({ volunteer }) => volunteer).sort());
});

test('a TypeScript file runs with what it imports and its arguments', async ({ grid, openTab }) => {
  await openTab();
  grid.file('power.ts', POWER_TS);
  const file = grid.file('cube.ts', CUBE_TS);
  grid.file('in.ndjson', '2\n3\n10\n');
  const options = ['--export', 'cube', '--args', '{"exponent":3}', '--trust', 'none'];
  const { code, stdout } = await grid.run('run', file, '--inputs', 'in.ndjson', ...options);
  expect(stdout).toBe('8\n27\n1000\n');
  expect(code).toBe(0);
});

test('a WASM module runs', async ({ grid, openTab }) => {
  await openTab();
  const file = grid.file('square.wasm', SQUARE_WASM);
  const { code, rows } = await grid.run(
    ...['run', file, '--inputs', 'range:0..300', '--trust', 'none', '--json'],
  );
  expect(valuesOf(rows, 300)).toEqual(squares(300));
  expect(code).toBe(0);
});

test('a task that throws fails alone; the job is partly done', async ({ grid, openTab }) => {
  await openTab();
  const file = grid.file(
    'picky.js',
    "export default (n) => { if (n === 3) throw new RangeError('not three'); return n; };",
  );
  const options = ['--trust', 'none', '--retries', '0', '--json'];
  const { code, rows } = await grid.run('run', file, '--inputs', 'range:0..6', ...options);
  const byIndex = rows
    .filter((row) => 'index' in row)
    .sort((a, b) => Number(a.index) - Number(b.index));
  expect(byIndex.map(({ status }) => status)).toEqual(
    Array.from({ length: 6 }, (_, n) => (n === 3 ? 'rejected' : 'fulfilled')),
  );
  expect(byIndex[3]).toMatchObject({ error: { message: expect.stringContaining('not three') } });
  expect(rows.at(-1)).toMatchObject({ state: 'partial' });
  expect(code).toBe(5);
});

test('a function that uses an outside name is refused at submit, by that name', async ({
  grid,
}) => {
  const file = grid.file('free.js', 'export default (n) => n + scale;');
  const { code, rows } = await grid.run('run', file, '--inputs', 'range:0..3', '--json');
  expect(rows).toEqual([
    {
      error: expect.objectContaining({
        code: 'free-variable',
        message: expect.stringContaining('scale'),
      }),
    },
  ]);
  expect(code).toBe(2);
  expect((await grid.run('jobs', '--json')).rows).toEqual([]);
});
