import type { Bench } from '../bench.ts';
import type { BenchGrid } from '../bench-grid.ts';
import type { Row } from '../row.ts';
import { DonorTab } from './donor-tab.ts';
import { ProcessorWatch } from './processor-watch.ts';
import { spinJob } from './spin-job.ts';

const SETTLED_MS = 1_500;
const PAUSED_MS = 15_000;
const OBEYED_MS_MAX = 250;

/** What a press of a button does to the processor, and how soon. */
export async function obeyed(bench: Bench, grid: BenchGrid): Promise<readonly Row[]> {
  return [
    await pressRow(bench, grid, { button: 'pause', taskMs: 20 }),
    await pressRow(bench, grid, { button: 'pause', taskMs: 5_000 }),
    await pressRow(bench, grid, { button: 'stop', taskMs: 20 }),
    await pressRow(bench, grid, { button: 'stop', taskMs: 5_000 }),
    await finishRow(bench, grid),
    await pausedRow(bench, grid),
  ];
}

interface Press {
  readonly button: 'pause' | 'stop';
  readonly taskMs: number;
}

async function pressRow(bench: Bench, grid: BenchGrid, press: Press): Promise<Row> {
  const spans: number[] = [];
  for (let round = 0; round < bench.rounds; round++) spans.push(await spanOf(bench, grid, press));
  return {
    figure: `${press.button === 'pause' ? 'Pause' : 'Stop at once'} until the workers rest, tasks of ${press.taskMs} ms`,
    value: Math.max(...spans),
    unit: 'ms',
    target: { atMost: OBEYED_MS_MAX },
    samples: spans,
    note: `The longest of ${spans.length}: from the click to the last 10 ms in which threads of workers took more than half a core.`,
  };
}

async function spanOf(bench: Bench, grid: BenchGrid, { button, taskMs }: Press): Promise<number> {
  const { tab, job, watch } = await atWork(bench, grid, taskMs);
  const pressedAt = performance.now();
  await tab.page.evaluate((id) => document.getElementById(id)?.click(), button);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  watch.end();
  await job.cancel();
  await tab.close();
  return watch.lastBusy(pressedAt) - pressedAt;
}

async function atWork(bench: Bench, grid: BenchGrid, taskMs: number) {
  const browser = await bench.browser();
  const job = await spinJob(grid, taskMs);
  const tab = await DonorTab.open(browser, grid);
  await tab.start();
  await tab.until('state', /computing/);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  return { tab, job, watch: await ProcessorWatch.workers(browser) };
}

/** The task at work ends and counts, nothing new begins, and then the tab leaves. */
async function finishRow(bench: Bench, grid: BenchGrid): Promise<Row> {
  const taskMs = 3_000;
  const { tab, job, watch } = await atWork(bench, grid, taskMs);
  const before = Number(await tab.fact('tasksDone'));
  const pressedAt = performance.now();
  await tab.page.click('#finish');
  await tab.until('state', /idle/);
  const span = performance.now() - pressedAt;
  watch.end();
  const more = Number(await tab.fact('tasksDone')) - before;
  await job.cancel();
  await tab.close();
  return {
    figure: `Finish, then stop, tasks of ${taskMs} ms: tasks that ended after the click`,
    value: more,
    unit: '',
    target: { atMost: 1 },
    note: `The tab had left after ${Math.round(span)} ms.`,
  };
}

async function pausedRow(bench: Bench, grid: BenchGrid): Promise<Row> {
  const { tab, job, watch } = await atWork(bench, grid, 20);
  watch.end();
  await tab.page.click('#pause');
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const paused = await ProcessorWatch.begin(await bench.browser());
  await new Promise((resolve) => setTimeout(resolve, PAUSED_MS));
  paused.end();
  await job.cancel();
  await tab.close();
  return {
    figure: 'a paused tab, with work waiting',
    value: paused.mean(),
    unit: '% of a core',
    target: { atMost: 0.5 },
    note: `All processes of the browser but its own, over ${PAUSED_MS / 1000} s.`,
  };
}
