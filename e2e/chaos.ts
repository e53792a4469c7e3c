import { Prng } from '../packages/protocol/src/prng.ts';
import { expect, type OpenTab, type VolunteerTab, valuesOf } from './fixtures.ts';
import type { GridProcess } from './grid-process.ts';
import { SLOW_JS, slowValue } from './tasks.ts';

/** What happens to the grid; each resolves when its part of it is back. */
export type Strike = () => Promise<void>;

const TABS = 3;
const TASKS = 1_200;
const STRIKES_DEFAULT = 8;

/**
 * A job runs while one part of the grid after another is killed, in an order that the seed draws (CHAOS_SEED); then every
 * result is looked at. CHAOS_STRIKES makes it longer: about five seconds a strike.
 */
export async function survivesChaos(
  grid: GridProcess,
  openTab: OpenTab,
  more: Readonly<Record<string, Strike>> = {},
): Promise<void> {
  const seed = Number(process.env.CHAOS_SEED ?? 1);
  const count = Number(process.env.CHAOS_STRIKES ?? STRIKES_DEFAULT);
  const tasks = (TASKS * count) / STRIKES_DEFAULT;
  const prng = new Prng(seed, 'chaos');
  const tabs: VolunteerTab[] = [];
  for (let i = 0; i < TABS; i++) tabs.push(await openTab());
  const strikes: Readonly<Record<string, Strike>> = {
    coordinator: () => grid.crashAndRestart(),
    goodbye: () => grid.endAndRestart(),
    tab: async () => {
      const [gone] = tabs.splice(prng.int(tabs.length), 1);
      await gone?.context.close();
      tabs.push(await openTab());
    },
    ...more,
  };
  const file = grid.file('slow.js', SLOW_JS);
  const job = grid.spawn('run', file, '--inputs', `range:0..${tasks}`, '--quorum', '2', '--json');
  const done: string[] = [];
  for (let strike = 1; strike <= count; strike++) {
    await job.wrote(Math.floor((tasks * strike) / (count + 2)));
    const name = prng.pick(Object.keys(strikes)) ?? 'tab';
    done.push(name);
    await strikes[name]?.();
  }
  const { rows, code } = await job.ended;
  const after = `seed ${seed}, after ${done.join(', ')}`;
  expect(valuesOf(rows, tasks), after).toEqual(
    Array.from({ length: tasks }, (_, n) => slowValue(n)),
  );
  expect(rows.at(-1), after).toMatchObject({ state: 'done' });
  expect(code, after).toBe(0);
  const jobId = rows.at(-1)?.job as string;
  const again = await grid.run('results', jobId, '--json');
  expect(valuesOf(again.rows, tasks), after).toEqual(valuesOf(rows, tasks));
}
