import { wasm } from 'manytabs';
import type { Browser, Page } from 'playwright-core';
import type { Bench } from '../bench.ts';
import { BenchGrid } from '../bench-grid.ts';
import type { Row } from '../row.ts';

const TASKS = 20;
const TASK_MS = 100;
const IDLE_MS = 30_000;

/** What the sandbox costs a task, and what a volunteer's page costs while there is nothing to do. */
export async function sandbox(bench: Bench): Promise<readonly Row[]> {
  const grid = await BenchGrid.start(bench.root);
  try {
    return [await costRow(bench, grid), await idleRow(bench, grid)];
  } finally {
    await grid.close();
  }
}

/** `run(count)`: so many steps of a generator of numbers. */
const SPIN = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f, 3, 2, 1, 0],
  ...[7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 0, 10, 36, 1, 34, 1, 1, 0x7f],
  // loop: x = x * 1103515245 + 12345; if (--count) again
  ...[0x03, 0x40, 0x20, 1, 0x41, 0xed, 0x9c, 0x99, 0x8e, 0x04, 0x6c, 0x41, 0xb9, 0xe0, 0, 0x6a],
  ...[0x21, 1, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x20, 1, 0x0b],
];

async function costRow(bench: Bench, grid: BenchGrid): Promise<Row> {
  const browser = await bench.browser();
  const bare = await openBare(browser);
  const tab = await grid.join(browser, 1);
  const count = await calibrate(bare, tab, grid);
  const boxed: number[] = [];
  const alone: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const spin = { tasks: TASKS, count };
    const plainMs = await inFront(bare, spin);
    const boxedMs = await onGrid(tab, grid, spin);
    bench.say(`  sandbox ${boxedMs.toFixed(1)} ms a task, bare worker ${plainMs.toFixed(1)} ms`);
    boxed.push(boxedMs);
    alone.push(plainMs);
  }
  await Promise.all([bare, tab].map((one) => one.context().close()));
  return {
    figure: `sandbox cost of a WASM task of ${TASK_MS} ms`,
    // Whatever else the machine does only makes a round slower.
    value: (Math.min(...boxed) / Math.min(...alone) - 1) * 100,
    unit: '%',
    target: { atMost: 5 },
    samples: boxed.map((ms, round) => (ms / (alone[round] ?? ms) - 1) * 100),
    note: `Fastest rounds: ${Math.min(...boxed).toFixed(1)} ms a task, a bare worker ${Math.min(...alone).toFixed(1)} ms; ${TASKS} tasks one after the other in a tab with one worker, with all that the grid does around them.`,
  };
}

/** Steps of a task of TASK_MS, once both engines have compiled the module for speed. */
async function calibrate(bare: Page, tab: Page, grid: BenchGrid): Promise<number> {
  const few = { tasks: TASKS, count: 1e7 };
  await onGrid(tab, grid, few);
  await inFront(bare, few);
  return Math.round((few.count * TASK_MS) / (await inFront(bare, few)));
}

/** Ms for each task of a job in the tab's one worker. */
async function onGrid(tab: Page, { grid }: BenchGrid, { tasks, count }: Spin): Promise<number> {
  await tab.bringToFront();
  const task = wasm(Uint8Array.from(SPIN), { export: 'run' });
  const began = performance.now();
  await grid.map(Array<number>(tasks).fill(count), task, { quorum: 1, name: 'bench: WASM' });
  return (performance.now() - began) / tasks;
}

/** What is behind another page has a lower priority. */
async function inFront(page: Page, spin: Spin): Promise<number> {
  await page.bringToFront();
  return page.evaluate(runBare, spin);
}

interface Spin {
  readonly tasks: number;
  readonly count: number;
}

/** A page of no policy with a worker that runs the module. */
async function openBare(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.route('http://bare.localhost/', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>bare</title>' }),
  );
  await page.goto('http://bare.localhost/');
  await page.evaluate((bytes) => {
    const code = `let run; onmessage = async ({ data }) => {
      run ??= (await WebAssembly.instantiate(Uint8Array.from(data.bytes))).instance.exports.run;
      postMessage(run(data.count));
    };`;
    const worker = new Worker(URL.createObjectURL(new Blob([code])));
    Object.assign(globalThis, { worker, bytes });
  }, SPIN);
  return page;
}

/** Runs in the page: ms for each task. */
async function runBare({ tasks, count }: Spin): Promise<number> {
  const { worker, bytes } = globalThis as unknown as { worker: Worker; bytes: number[] };
  const run = () =>
    new Promise((resolve) => {
      worker.onmessage = resolve;
      worker.postMessage({ bytes, count });
    });
  await run();
  const began = performance.now();
  for (let task = 0; task < tasks; task++) await run();
  return (performance.now() - began) / tasks;
}

async function idleRow(bench: Bench, grid: BenchGrid): Promise<Row> {
  const browser = await bench.browser();
  const blank = await (await browser.newContext()).newPage();
  await settled();
  const blankShare = await cpuShare(browser);
  const tab = await grid.join(browser);
  await settled();
  const share = await cpuShare(browser);
  await Promise.all([blank, tab].map((page) => page.context().close()));
  return {
    figure: 'idle volunteer page, share of a core',
    value: share,
    unit: '%',
    target: { atMost: 1 },
    beside: { name: 'blank page, % of a core', value: blankShare },
    note: `All processes of the browser but its own, over ${IDLE_MS / 1000} s without work.`,
  };
}

/** What was closed ends, and the spare sandbox comes up. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 4_000));
}

/** The processor time of all renderers and helpers, in percent of one core. */
async function cpuShare(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const spent = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    const others = processInfo.filter(({ type }) => type !== 'browser');
    return new Map(others.map(({ id, cpuTime }) => [id, cpuTime]));
  };
  const before = await spent();
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const after = await spent();
  await session.detach();
  let seconds = 0;
  for (const [id, cpuTime] of after) seconds += cpuTime - (before.get(id) ?? cpuTime);
  return (seconds * 1000 * 100) / IDLE_MS;
}
