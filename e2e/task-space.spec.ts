import { expect, test, valuesOf } from './fixtures.ts';

const TASKS = 60;
const COUNT_JS = `export default async (n, { space }) => {
  const lock = await space.lock('turn');
  const before = (await space.get('seen'))?.value ?? 0;
  await space.put('seen', before + 1, { fence: lock.token });
  await lock.release();
  return [await space.counter('sum').add(n), before + 1];
};`;

test('[SY12] [SY14] tasks of two tabs take turns and count together', async ({ grid, openTab }) => {
  await openTab();
  await openTab({ road: 'websocket' });
  const file = grid.file('count.js', COUNT_JS);
  const inputs = ['--inputs', `range:0..${TASKS}`, '--json'];
  const refused = await grid.run('run', file, ...inputs, '--space', 'run', '--quorum', '2');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('computed once each');
  const { rows } = await grid.run('run', file, ...inputs, '--space', 'run');
  const values = valuesOf(rows, TASKS) as [number, number][];
  expect(Math.max(...values.map(([sum]) => sum))).toBe((TASKS * (TASKS - 1)) / 2);
  const turns = values.map(([, turn]) => turn).sort((a, b) => a - b);
  expect(turns).toEqual(Array.from({ length: TASKS }, (_, n) => n + 1));
  const other = await grid.run('run', file, ...inputs, '--retries', '0');
  expect(other.stdout).toContain('space-refused');
});
