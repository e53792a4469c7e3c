import { Grid } from 'manytabs';
import type { Page } from 'playwright-core';
import type { Bench } from '../bench.ts';
import { BenchGrid } from '../bench-grid.ts';
import { pageWeight } from '../page-weight.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';
import { scrollTo, typeQuery } from './console-table.ts';

const KIB = 1024;
const JOBS = 10_000;
const A_LINK = 1_000;
const AT_ONCE = 40;

/** The console: what is fetched before it shows its jobs, and how quick it is among 10,000 of them. */
export async function consolePages(bench: Bench): Promise<readonly Row[]> {
  const grid = await BenchGrid.start(bench.root);
  try {
    const { console: address } = grid.ready;
    const isThere = (page: Page) => page.getByRole('heading', { level: 1 }).waitFor();
    const weight = await pageWeight(await bench.browser(), address, isThere);
    await submitMany(bench, grid);
    const spans = await interactions(bench, address);
    return [
      {
        figure: 'console first load, gzipped',
        value: (weight.all - weight.picture) / KIB,
        unit: 'KiB',
        target: { atMost: 200 },
        note: `Of it script: ${(weight.script / KIB).toFixed(1)} KiB. The samples’ pictures are ${(weight.picture / KIB).toFixed(1)} KiB more.`,
      },
      ...Object.entries(spans).map(([name, samples]) => interactionRow(name, samples)),
    ];
  } finally {
    await grid.close();
  }
}

function interactionRow(name: string, samples: readonly number[]): Row {
  return {
    figure: `console among 10,000 jobs: ${name}`,
    value: median(samples),
    unit: 'ms',
    target: { atMost: 100 },
    samples,
    note: `Until it is painted; the longest took ${Math.max(...samples).toFixed(0)} ms.`,
  };
}

/** Over several links, as one alone may only say so much a second. */
async function submitMany(bench: Bench, { ready }: BenchGrid): Promise<void> {
  for (let from = 0; from < JOBS; from += A_LINK) {
    const link = await Grid.connect(ready.url, { token: ready.token });
    for (let n = from; n < from + A_LINK; n += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => submitOne(link, n + i)));
    }
    await link.close();
    bench.say(`console: ${from + A_LINK} jobs submitted`);
  }
}

async function submitOne(link: Grid, n: number): Promise<void> {
  const job = link.map([n], (input: number) => input, { name: `sweep ${n}`, quorum: 1 });
  // Nobody waits for its results: they end with the grid.
  job.then(undefined, () => undefined);
  await job.submitted;
}

async function interactions(bench: Bench, address: string) {
  const context = await (await bench.browser()).newContext();
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForFunction(
    (rows) => document.querySelector(`[aria-rowcount="${rows}"]`) !== null,
    JOBS + 1,
    { timeout: 60_000 },
  );
  const query: number[] = [];
  const scroll: number[] = [];
  const palette: number[] = [];
  for (let round = 0; round < 2 * bench.rounds; round++) {
    query.push(await typeQuery(page, '.job-list', `sweep ${round % 10}`));
    query.push(await typeQuery(page, '.job-list', ''));
    scroll.push(await scrollTo(page, '.job-list', (round + 1) * 15_000));
    palette.push(await pressPalette(page));
  }
  await context.close();
  return { 'a query typed': query, 'a scroll far down': scroll, 'a palette opened': palette };
}

async function pressPalette(page: Page): Promise<number> {
  const span = await page.evaluate(async () => {
    const began = performance.now();
    const init = { key: 'k', ctrlKey: true, bubbles: true };
    document.body.dispatchEvent(new KeyboardEvent('keydown', init));
    while (!document.querySelector('dialog[open] [cmdk-item]')) {
      await new Promise((frame) => requestAnimationFrame(frame));
    }
    return performance.now() - began;
  });
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.querySelector('dialog[open]') === null);
  return span;
}
