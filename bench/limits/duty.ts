import type { Bench } from '../bench.ts';
import type { BenchGrid } from '../bench-grid.ts';
import type { Row } from '../row.ts';
import { DonorTab } from './donor-tab.ts';
import { ProcessorWatch } from './processor-watch.ts';
import { spinJob } from './spin-job.ts';

const WINDOW_MS = 10_000;
const WATCHED_MS = 15_000;
/** Compilers and the first bundles. */
const WARM_MS = 3_000;
/** How far the tab may be over what was promised, in points of one core. */
const OVER_MAX = 5;

interface Promised {
  readonly name: string;
  readonly workers: number;
  readonly duty: number;
  readonly taskMs: number;
  readonly talks?: boolean;
}

const PROMISES: readonly Promised[] = [
  { name: 'Quiet on four cores', workers: 1, duty: 0.5, taskMs: 20 },
  { name: 'Balanced on two', workers: 1, duty: 0.75, taskMs: 20 },
  { name: 'two workers', workers: 2, duty: 0.3, taskMs: 20 },
  { name: 'Quiet, long tasks', workers: 1, duty: 0.5, taskMs: 1_000 },
  {
    name: 'Quiet, longer tasks that call their context',
    workers: 1,
    duty: 0.5,
    taskMs: 12_000,
    talks: true,
  },
  { name: 'Quiet, longer tasks that do not', workers: 1, duty: 0.5, taskMs: 12_000 },
];

/** What each level of power promises beside what the system says that the tab took, in the worst ten seconds. */
export async function duty(bench: Bench, grid: BenchGrid): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const promise of PROMISES) rows.push(await measure(bench, grid, promise));
  return rows;
}

async function measure(bench: Bench, grid: BenchGrid, promise: Promised): Promise<Row> {
  const { name, workers, duty, taskMs, talks } = promise;
  const browser = await bench.browser();
  const job = await spinJob(grid, taskMs, { talks: talks === true });
  const tab = await DonorTab.open(browser, grid, { rules: { workers, duty } });
  await tab.start();
  await tab.until('state', /computing/);
  await new Promise((resolve) => setTimeout(resolve, WARM_MS));
  const watch = await ProcessorWatch.begin(browser);
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  watch.end();
  const shown = await tab.page.evaluate(() => document.getElementById('measured')?.dataset.cores);
  await job.cancel();
  await tab.close();
  const promised = workers * duty * 100;
  const text = `${workers} × ${Math.round(duty * 100)} %, tasks of ${taskMs} ms`;
  bench.say(`  ${name}: ${watch.worst(WINDOW_MS).toFixed(1)} % of ${promised} %`);
  return {
    figure: `${name}: ${text}`,
    value: watch.worst(WINDOW_MS),
    unit: '% of a core',
    target: { atMost: promised + OVER_MAX },
    note: `Promised ${promised} %; mean ${watch.mean().toFixed(1)} %; the page itself showed ${(Number(shown) * 100).toFixed(0)} %.`,
  };
}
