import { randomBytes } from 'node:crypto';
import { expect, valuesOf } from './fixtures.ts';
import type { RunningCommand } from './grid-process.ts';
import { BUSY_SQUARE_JS, SLOW_JS, slowValue, squares } from './tasks.ts';
import { test } from './two-servers.ts';

// Two servers on one PostgreSQL, as two processes with their own addresses, and a tab on each.

const TASKS = 400;
const EXPECTED = Array.from({ length: TASKS }, (_, n) => slowValue(n));
const TAKEOVER_MS = 10_000;

test('[SV1] a job that needs two volunteers gets them from two servers, whichever it was given to', async ({
  grid,
  other,
  openTabs,
}) => {
  await openTabs();
  for (const server of [grid, other]) {
    const file = server.file('slow.js', SLOW_JS);
    const { rows } = await server.run(
      'run',
      file,
      '--inputs',
      'range:0..40',
      '--quorum',
      '2',
      '--json',
    );
    expect(valuesOf(rows, 40)).toEqual(EXPECTED.slice(0, 40));
  }
  const seen = await Promise.all(
    [grid, other].map(async (server) => [
      (await server.run('jobs', '--json')).rows.map(({ jobId }) => jobId),
      (await server.run('nodes', '--json')).rows.map(({ volunteer }) => volunteer).sort(),
    ]),
  );
  expect(seen[0]).toEqual(seen[1]);
  expect(seen[0]?.map((list) => list.length)).toEqual([2, 2]);
});

/** Waits for more rows after a server has died, and says how long that took. */
async function rowsAfter(job: RunningCommand, crash: () => Promise<void>): Promise<number> {
  await crash();
  const began = Date.now();
  await job.wrote(job.rows.length + 30);
  return Date.now() - began;
}

test('[SV2] a server that dies is taken over: the job it had is complete, right and counted once', async ({
  grid,
  openTabs,
}) => {
  await openTabs();
  const file = grid.file('slow.js', SLOW_JS);
  // The submitter and a tab are connected to the server that has the job and dies.
  const job = grid.spawn('run', file, '--inputs', `range:0..${TASKS}`, '--quorum', '2', '--json');
  await job.wrote(TASKS / 4);
  expect(await rowsAfter(job, () => grid.crash())).toBeLessThan(TAKEOVER_MS);
  const { rows, code } = await job.ended;
  expect(valuesOf(rows, TASKS)).toEqual(EXPECTED);
  expect(rows.at(-1)).toMatchObject({ state: 'done' });
  expect(code).toBe(0);
  // The one that died comes back as one of two, and knows the job.
  await grid.restart();
  const again = await grid.run('results', rows.at(-1)?.job as string, '--json');
  expect(valuesOf(again.rows, TASKS)).toEqual(EXPECTED);
});

test('[SV3] a job is watched through another server than the one that has it and dies', async ({
  grid,
  other,
  openTabs,
}) => {
  await openTabs();
  const file = grid.file('slow.js', SLOW_JS);
  const inputs = ['--inputs', `range:0..${TASKS}`, '--quorum', '2', '--json'];
  const first = grid.spawn('run', file, ...inputs);
  await first.wrote(10);
  // The first job is here, so the second one goes to the other server.
  const second = grid.spawn('run', file, ...inputs);
  await second.wrote(TASKS / 4);
  expect(await rowsAfter(second, () => other.crash())).toBeLessThan(TAKEOVER_MS);
  for (const { rows } of await Promise.all([first.ended, second.ended])) {
    expect(valuesOf(rows, TASKS)).toEqual(EXPECTED);
    expect(rows.at(-1)).toMatchObject({ state: 'done' });
  }
});

test('[SV4] a file that was put through one server is read through the other, also after a death', async ({
  grid,
  other,
  openTabs,
}) => {
  await openTabs();
  const content = 'abcdefghij'.repeat(200_000);
  grid.file('a.txt', content);
  other.file('b.txt', 'small');
  expect((await grid.run('put', 'a.txt', '/in/a.txt')).code).toBe(0);
  expect((await other.run('put', 'b.txt', '/in/b.txt')).code).toBe(0);
  const read = async (path: string) => (await other.run('cat', path)).stdout;
  expect(await read('/in/a.txt')).toBe(content);
  await grid.crash();
  expect(await read('/in/a.txt')).toBe(content);
  expect(await read('/in/b.txt')).toBe('small');
});

test('[SV5] a server that stood still and wakes up is fenced: what it had is complete, right and counted once', async ({
  grid,
  other,
  openTabs,
}) => {
  await openTabs();
  const file = grid.file('slow.js', SLOW_JS);
  const inputs = ['--inputs', `range:0..${TASKS}`, '--trust', 'none'];
  const { rows: told } = await grid.run('run', file, ...inputs, '--detach', '--json');
  const job = other.spawn('results', told[0]?.job as string, '--json');
  await job.wrote(TASKS / 8);
  expect(await rowsAfter(job, async () => grid.freeze())).toBeLessThan(TAKEOVER_MS);
  const { code, said } = await grid.thaw();
  expect(said).toContain('epoch-stale');
  expect(code).not.toBe(0);
  const { rows } = await job.ended;
  expect(valuesOf(rows, TASKS)).toEqual(EXPECTED);
  await grid.restart();
  const again = await grid.run('results', told[0]?.job as string, '--json');
  expect(valuesOf(again.rows, TASKS)).toEqual(EXPECTED);
});

test('[SV6] two servers are restarted one after the other in the middle of a job, and its stream goes on', async ({
  grid,
  other,
  openTabs,
}) => {
  await openTabs();
  const file = grid.file('slow.js', SLOW_JS);
  const inputs = ['--inputs', `range:0..${TASKS}`, '--quorum', '2', '--json'];
  const job = grid.spawn('run', file, ...inputs);
  await job.wrote(TASKS / 8);
  for (const server of [grid, other]) {
    const before = job.rows.length;
    await server.endAndRestart();
    await job.wrote(before + TASKS / 8);
  }
  const { rows, code } = await job.ended;
  expect(valuesOf(rows, TASKS)).toEqual(EXPECTED);
  expect(code).toBe(0);
  expect(rows.at(-1)).toMatchObject({ state: 'done' });
});

const LARGE = 40_000;

for (const dying of ['first', 'second'] as const) {
  test(`[CO240] [CO249] a large job is cut over two servers, and that of its ${dying} part is killed`, async ({
    grid,
    other,
    openTabs,
  }) => {
    await openTabs();
    const file = grid.file('busy.js', BUSY_SQUARE_JS);
    const inputs = ['--inputs', `range:0..${LARGE}`, '--trust', 'none', '--json'];
    // The server that it is submitted to takes the first part.
    const job = grid.spawn('run', file, ...inputs);
    await job.wrote(LARGE / 8);
    const [view, ...more] = (await other.run('jobs', '--json')).rows;
    expect([view?.tasks, more]).toMatchObject([{ total: LARGE }, []]);
    const { stdout } = await other.run('explain', view?.jobId as string);
    expect(stdout).toContain('Part 2 of 2');
    const halves = (half: number) =>
      job.rows.filter(({ index }) => Math.floor((index as number) / (LARGE / 2)) === half).length;
    expect([halves(0), halves(1)].map((rows) => rows > 100)).toEqual([true, true]);
    expect(await rowsAfter(job, () => (dying === 'first' ? grid : other).crash())).toBeLessThan(
      TAKEOVER_MS,
    );
    const { rows, code } = await job.ended;
    expect(valuesOf(rows, LARGE)).toEqual(squares(LARGE));
    expect(rows.at(-1)).toMatchObject({ state: 'done' });
    expect(code).toBe(0);
    // Read again from the start, through the one that is left.
    const left = dying === 'first' ? other : grid;
    const again = await left.run('results', view?.jobId as string, '--json');
    expect(valuesOf(again.rows, LARGE)).toEqual(squares(LARGE));
  });
}

const SUM_JS = `export default async (n, ctx) => {
  const bytes = await ctx.files.read('data.bin');
  let sum = n;
  for (const byte of bytes) sum += byte;
  return sum;
};`;

test('[SV43] a tab of one server gets the file of a job from a tab of the other server', async ({
  grid,
  other,
  openTab,
}) => {
  test.slow();
  const data = randomBytes(3 * 1024 * 1024);
  const files = [grid.file('sum.js', SUM_JS), '--file', grid.file('data.bin', data)];
  const inputs = ['--inputs', 'range:0..20', '--quorum', '2', '--json'];
  // Alone it can do a half of the job, and has the file from then on.
  const { page: first } = await openTab();
  const job = grid.spawn('run', ...files, ...inputs);
  await expect(first.locator('#tasks-done')).toHaveText('20');
  const { page: second } = await openTab({ url: other.ready.volunteer });
  const { rows, code } = await job.ended;
  expect(code).toBe(0);
  const sum = data.reduce((total, byte) => total + byte, 0);
  expect(valuesOf(rows, 20)).toEqual(Array.from({ length: 20 }, (_, n) => n + sum));
  await expect(second.locator('#tasks-done')).toHaveText('20');
  await expect(first.locator('#served')).toHaveText(/[1-9]/);
});
