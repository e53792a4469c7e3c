import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { range } from 'manytabs';
import type { Page } from 'playwright-core';
import type { Bench } from '../bench.ts';
import { BenchGrid } from '../bench-grid.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';
import { migration } from './migration.ts';

const HUGE = 1e9;
const TASKS = 10_000;
/** About half a millisecond on one core. */
const TASK = `export default (n) => { let x = n; for (let i = 0; i < 1e5; i++) x = (Math.imul(x, 1103515245) + 12345) | 0; return x; };`;

/** What a submitter waits for: the job to be accepted, its first result, all of its results in a page, and a lost tab. */
export async function submit(bench: Bench): Promise<readonly Row[]> {
  const grid = await BenchGrid.start(bench.root);
  try {
    for (let i = 0; i < 2; i++) await grid.join(await bench.browser());
    await grid.grid.map(range(100), (n: number) => n);
    const accepted: number[] = [];
    const first: number[] = [];
    for (let round = 0; round < bench.rounds; round++) {
      accepted.push(await submitHuge(grid));
      first.push(await firstResult(grid, round));
    }
    return [
      row(`submit of ${HUGE} tasks`, accepted, 100),
      row('first result of a new JavaScript job, grid warm', first, 150),
      await pageBesideCommand(bench, grid),
      await migration(bench),
    ];
  } finally {
    await grid.close();
  }
}

function row(figure: string, samples: readonly number[], atMost: number): Row {
  return { figure, value: median(samples), unit: 'ms', target: { atMost }, samples };
}

async function submitHuge({ grid }: BenchGrid): Promise<number> {
  const began = performance.now();
  const job = grid.map(range(HUGE), (n: number) => n, { name: 'bench: huge', priority: 0 });
  job.then(undefined, () => undefined); // cancelled below
  await job.submitted;
  const spent = performance.now() - began;
  await job.cancel('the measurement is over');
  await job.ended();
  return spent;
}

/** Its code is new to every tab. */
async function firstResult({ grid }: BenchGrid, round: number): Promise<number> {
  const code = new Function(`return (n) => n + ${round} + ${Math.floor(Math.random() * 1e9)}`);
  const began = performance.now();
  const job = grid.map(range(1_000), code() as (n: number) => number, { name: 'bench: first' });
  for await (const _ of job.results()) break;
  const spent = performance.now() - began;
  await job.ended();
  return spent;
}

/** The same job by the command line, whose start is not counted, and by the SDK in a page. */
async function pageBesideCommand(bench: Bench, grid: BenchGrid): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'manytabs-bench-'));
  const file = join(folder, 'task.mjs');
  await writeFile(file, TASK);
  const page = await submitterPage(bench, grid);
  const command: number[] = [];
  const inPage: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    command.push(await byCommand(bench, grid, file));
    inPage.push(await byPage(page, grid.ready.token));
  }
  await page.context().close();
  await rm(folder, { recursive: true, force: true });
  return {
    figure: `${TASKS} tasks by the SDK in a page, of the command's time`,
    value: (100 * median(inPage)) / median(command),
    unit: '%',
    target: { atMost: 110 },
    samples: inPage,
    note: `The command: ${Math.round(median(command))} ms from submit to end, without its own start.`,
  };
}

async function byCommand({ root }: Bench, { ready }: BenchGrid, file: string): Promise<number> {
  const program = join(root, 'apps/cli/bin/manytabs.mjs');
  const args = ['run', file, '--inputs', `range:0..${TASKS}`, '--json', '--url', ready.url];
  const child = spawn(process.execPath, [program, ...args, '--token', ready.token], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let last = '';
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    last = line;
  });
  await once(lines, 'close');
  const { summary } = JSON.parse(last) as { summary: { elapsedMs: number } };
  return summary.elapsedMs;
}

async function submitterPage(bench: Bench, { ready }: BenchGrid): Promise<Page> {
  const context = await (await bench.browser()).newContext();
  const page = await context.newPage();
  await page.goto(new URL('/sdk/example.html', ready.url).href);
  return page;
}

/** From `map` to all values in hand, in the page. */
function byPage(page: Page, token: string): Promise<number> {
  return page.evaluate(
    async ({ source, tasks, token }) => {
      const address = '/sdk/manytabs.mjs';
      const { Grid, jsModule, range } = await import(address);
      const grid = await Grid.connect(location.origin, { token });
      const began = performance.now();
      await grid.map(range(tasks), jsModule(source));
      const spent = performance.now() - began;
      await grid.close();
      return spent;
    },
    { source: TASK, tasks: TASKS, token },
  );
}
