import { expect, type OpenTab, valuesOf } from './fixtures.ts';
import type { GridProcess } from './grid-process.ts';
import { SLOW_JS, slowValue } from './tasks.ts';

/** A store that takes nothing for a while, and what the grid says of it. */
export interface Outage {
  readonly code: string;
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
}

const TASKS = 400;
/** How long it lasts at least, in seconds. */
const SECONDS = Number(process.env.STALL_SECONDS ?? 5);

/** A job in the middle of which the store refuses comes to its end, after the grid said what it waits for. */
export async function survivesOutage(
  grid: GridProcess,
  openTab: OpenTab,
  { code, begin, end }: Outage,
): Promise<void> {
  await openTab();
  await openTab();
  const file = grid.file('slow.js', SLOW_JS);
  const job = grid.spawn('run', file, '--inputs', `range:0..${TASKS}`, '--quorum', '2', '--json');
  await job.wrote(40);
  await begin();
  const said = { timeout: 60_000 + SECONDS * 1_000 };
  await expect.poll(() => secondsOf(grid, code), said).toBeGreaterThanOrEqual(SECONDS);
  const ready = await fetch(new URL('/health/ready', grid.ready.url));
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ state: 'stalled', code });
  const doctor = await grid.run('doctor');
  expect(doctor.stdout + doctor.stderr).toContain('its store takes no records');
  const told = job.rows.length;
  await end();
  const { rows, code: exit } = await job.ended;
  expect(told).toBeLessThan(TASKS);
  expect(valuesOf(rows, TASKS)).toEqual(Array.from({ length: TASKS }, (_, n) => slowValue(n)));
  expect(exit).toBe(0);
  await grid.crashAndRestart();
  const again = await grid.run('results', rows.at(-1)?.job as string, '--json');
  expect(valuesOf(again.rows, TASKS)).toEqual(valuesOf(rows, TASKS));
}

/** For how long the grid has stood still by what it says itself; -1 while it does not, or for another reason. */
async function secondsOf({ ready }: GridProcess, code: string): Promise<number> {
  const authorization = `Bearer ${ready.token}`;
  const answer = await fetch(new URL('/api/status', ready.url), { headers: { authorization } });
  const { state, stalled } = await answer.json();
  return state === 'stalled' && stalled.code === code ? stalled.seconds : -1;
}
