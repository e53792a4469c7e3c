import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixtures.ts';
import { GridProcess } from './grid-process.ts';
import { SLOW_JS, SQUARE_JS } from './tasks.ts';

test('[UI74] a grid that is up is found from its folder by its owner alone', async () => {
  const grid = await GridProcess.start();
  const path = join(grid.folder, '.manytabs', 'grid.json');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
    url: grid.ready.url,
    token: grid.ready.token,
    pid: grid.ready.pid,
  });
  expect((await grid.run('jobs', '--json')).code).toBe(0);
  expect(await grid.stop()).toBe(0);
  expect(existsSync(path)).toBe(false);
});

test('[UI75] a second grid on the same data, and a taken port, are refused', async ({ grid }) => {
  const again = await grid.run('up', '--port', '0', '--json');
  expect(again.code).toBe(4);
  expect(again.rows).toMatchObject([{ error: { code: 'data-in-use' } }]);
  const { port } = new URL(grid.ready.url);
  const taken = await grid.run('up', '--port', port, '--data', 'other', '--json');
  expect(taken.code).toBe(4);
  expect(taken.rows).toMatchObject([{ error: { code: 'address-in-use' } }]);
});

test('[UI73] nobody submits without a token, nor with a wrong one', async ({ grid }) => {
  const file = grid.file('square.js', SQUARE_JS);
  for (const token of ['', 'wrong-token', grid.ready.token.slice(0, -1)]) {
    const ran = await grid.run('run', file, '--inputs', 'range:0..3', '--token', token, '--json');
    expect(ran.code).toBe(3);
    expect(ran.rows).toMatchObject([{ error: { code: expect.stringMatching(/^token-/) } }]);
  }
  expect((await grid.run('jobs', '--json')).rows).toEqual([]);
});

test('[UI86] headless tabs have an identity each, compute, and finish at Ctrl-C', async ({
  grid,
}) => {
  const tabs = grid.spawn('volunteer', '--tabs', '2', '--workers', '1', '--json');
  const volunteers = async () => {
    const { rows } = await grid.run('nodes', '--json');
    return new Set(rows.map(({ volunteer }) => volunteer)).size;
  };
  await expect.poll(volunteers, { timeout: 30_000 }).toBe(2);
  const file = grid.file('square.js', SQUARE_JS);
  const ran = await grid.run('run', file, '--inputs', 'range:0..20', '--quorum', '2');
  expect(ran.stdout.split('\n')).toHaveLength(21);
  tabs.interrupt();
  const { code, rows } = await tabs.ended;
  expect(rows).toContainEqual(expect.objectContaining({ event: 'tab', tab: 1, state: 'waiting' }));
  expect(code).toBe(0);
  await expect.poll(volunteers).toBe(0);
});

test('[UI84] [UI85] a detached job is paused, resumed, watched and cancelled by its id', async ({
  grid,
  openTab,
}) => {
  const file = grid.file('slow.js', SLOW_JS);
  const submitted = await grid.run(
    'run',
    file,
    '--inputs',
    'range:0..40',
    '--trust',
    'none',
    '--detach',
  );
  const id = submitted.stdout.trim();
  expect(id).toMatch(/^j[a-z2-7]{20}$/);
  expect((await grid.run('pause', id.slice(0, 6), '--json')).rows).toEqual([
    { job: id, state: 'paused' },
  ]);
  await openTab();
  expect((await grid.run('job', id, '--json')).rows).toMatchObject([{ state: 'paused' }]);
  expect((await grid.run('resume', id, '--json')).rows).toEqual([{ job: id, state: 'running' }]);
  const watched = await grid.run('results', id, '--json');
  expect(watched.rows).toHaveLength(41);
  expect(watched.rows.at(-1)).toMatchObject({ job: id, state: 'done' });
  expect((await grid.run('cancel', 'jzzzz')).code).toBe(2);
});

test('[UI83] Ctrl-C cancels the job that run submitted', async ({ grid, openTab }) => {
  await openTab();
  const file = grid.file('slow.js', SLOW_JS);
  const job = grid.spawn('run', file, '--inputs', 'range:0..100000', '--trust', 'none', '--json');
  await job.wrote(2);
  job.interrupt();
  const { code, rows } = await job.ended;
  expect(code).toBe(130);
  expect(rows.at(-1)).toMatchObject({ state: 'cancelled' });
  expect((await grid.run('ps', '--json')).rows).toEqual([]);
});

test('[UI88] doctor finds nothing wrong here, and names what is missing elsewhere', async ({
  grid,
}) => {
  const well = await grid.run('doctor', '--json');
  expect(well.rows.filter(({ ok }) => ok !== true)).toEqual([]);
  expect(well.code).toBe(0);
  const ill = await grid.run('doctor', '--json', '--url', 'http://127.0.0.1:9');
  expect(ill.rows).toContainEqual(
    expect.objectContaining({ check: 'grid', ok: false, code: 'unreachable' }),
  );
  expect(ill.code).toBe(4);
});
