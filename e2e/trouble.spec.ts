import { expect, type OpenTab, test, valuesOf } from './fixtures.ts';
import type { GridProcess, RunningCommand } from './grid-process.ts';
import { SLOW_JS, SQUARE_JS, slowValue, squares } from './tasks.ts';

test('a lying tab changes no value at quorum 2, and is named', async ({ grid, openTab }) => {
  const liar = await openTab({ fault: 'wrong' });
  await openTab();
  await openTab();
  const file = grid.file('square.js', SQUARE_JS);
  const { rows } = await grid.run(
    'run',
    file,
    '--inputs',
    'range:0..400',
    '--quorum',
    '2',
    '--json',
  );
  expect(valuesOf(rows, 400)).toEqual(squares(400));
  const { rows: nodes } = await grid.run('nodes', '--json');
  const caught = nodes.filter(({ invalid }) => Number(invalid) > 0);
  expect(caught.map(({ volunteer }) => volunteer)).toEqual([liar.volunteer]);
});

const SLOW_TASKS = 120;

async function startSlowJob(grid: GridProcess, openTab: OpenTab) {
  const tabs = [await openTab(), await openTab(), await openTab()];
  const file = grid.file('slow.js', SLOW_JS);
  const options = ['--inputs', `range:0..${SLOW_TASKS}`, '--quorum', '2', '--json'];
  const job = grid.spawn('run', file, ...options);
  await job.wrote(5);
  return { tabs, job };
}

async function expectWhole(job: RunningCommand): Promise<void> {
  const { code, rows } = await job.ended;
  const expected = Array.from({ length: SLOW_TASKS }, (_, n) => slowValue(n));
  expect(valuesOf(rows, SLOW_TASKS)).toEqual(expected);
  expect(code).toBe(0);
}

test('closing a tab in the middle neither loses nor doubles a result', async ({
  grid,
  openTab,
}) => {
  const { tabs, job } = await startSlowJob(grid, openTab);
  await tabs[0]?.page.close();
  await expectWhole(job);
});

test('killing a tab in the middle neither loses nor doubles a result', async ({
  grid,
  openTab,
}) => {
  const { tabs, job } = await startSlowJob(grid, openTab);
  // Its renderer dies without a word to anybody.
  await tabs[0]?.page.goto('chrome://crash').catch(() => undefined);
  await expectWhole(job);
});

test('a job without tabs waits, and ends when tabs come', async ({ grid, openTab }) => {
  const file = grid.file('square.js', SQUARE_JS);
  const job = grid.spawn('run', file, '--inputs', 'range:0..50', '--trust', 'none', '--json');
  const live = async () => (await grid.run('ps', '--json')).rows.length;
  await expect.poll(live).toBe(1);
  const { pid } = (await grid.run('ps', '--json')).rows[0] as { pid: string };
  const { stdout } = await grid.run('explain', pid);
  expect(stdout).not.toBe('');
  await openTab();
  expect(valuesOf((await job.ended).rows, 50)).toEqual(squares(50));
});

test('Stop at once stops computing and leaves the grid', async ({ grid, openTab }) => {
  const { page } = await openTab();
  const file = grid.file('slow.js', SLOW_JS);
  const job = grid.spawn('run', file, '--inputs', 'range:0..100000', '--trust', 'none', '--json');
  await job.wrote(3);
  const root = page.locator('html');
  await expect(root).toHaveAttribute('data-state', 'computing');
  await page.click('#stop');
  await expect(root).toHaveAttribute('data-state', 'idle', { timeout: 1000 });
  const nodes = async () => (await grid.run('nodes', '--json')).rows.length;
  await expect.poll(nodes).toBe(0);
  const { tasks } = (await grid.run('ps', '--json')).rows[0] as { tasks: { running: number } };
  expect(tasks.running).toBe(0);
  job.interrupt();
  expect((await job.ended).code).toBe(130);
});

test('Finish ends what runs, then leaves', async ({ grid, openTab }) => {
  const { page } = await openTab();
  const file = grid.file('slow.js', SLOW_JS);
  const job = grid.spawn('run', file, '--inputs', 'range:0..100000', '--trust', 'none', '--json');
  await job.wrote(3);
  await page.click('#finish');
  await expect(page.locator('html')).toHaveAttribute('data-state', 'idle');
  await expect(page.locator('html')).toHaveAttribute('data-tasks-failed', '0');
  job.interrupt();
  await job.ended;
});

test('[SC20] a short job ends while a long one has all tabs', async ({ grid, openTab }) => {
  await openTab();
  await openTab();
  const slow = grid.file('slow.js', SLOW_JS);
  const long = grid.spawn('run', slow, '--inputs', 'range:0..100000', '--trust', 'none', '--json');
  await long.wrote(100);
  const square = grid.file('square.js', SQUARE_JS);
  const short = await grid.run('run', square, '--inputs', 'range:0..10', '--quorum', '2', '--json');
  expect(valuesOf(short.rows, 10)).toEqual(squares(10));
  expect(long.rows.length).toBeLessThan(100_000);
  long.interrupt();
  expect((await long.ended).code).toBe(130);
});
