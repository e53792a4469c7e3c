import { expect, type OpenTab, valuesOf } from './fixtures.ts';
import type { GridProcess } from './grid-process.ts';
import { SLOW_JS, slowValue } from './tasks.ts';

const TASKS = 600;
const CRASHES = 5;

/** A job during which the coordinator is killed again and again is complete, right and counted once. */
export async function survivesCrashes(grid: GridProcess, openTab: OpenTab): Promise<void> {
  await openTab();
  await openTab();
  const file = grid.file('slow.js', SLOW_JS);
  const job = grid.spawn('run', file, '--inputs', `range:0..${TASKS}`, '--quorum', '2', '--json');
  for (let crash = 1; crash <= CRASHES; crash++) {
    await job.wrote(Math.floor((TASKS * crash) / (CRASHES + 2)));
    await grid.crashAndRestart();
  }
  const { rows, code } = await job.ended;
  expect(valuesOf(rows, TASKS)).toEqual(Array.from({ length: TASKS }, (_, n) => slowValue(n)));
  expect(rows.at(-1)).toMatchObject({ state: 'done' });
  expect(code).toBe(0);
}
