import { range } from 'manytabs';
import type { Page } from 'playwright-core';
import type { Bench } from '../bench.ts';
import { BenchGrid } from '../bench-grid.ts';
import { pageWeight, type Weight } from '../page-weight.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const KIB = 1024;

/** The volunteer's page: what is fetched before Start, and how soon after Start the first task runs. */
export async function page(bench: Bench): Promise<readonly Row[]> {
  // A grid of its own, so that no other tab takes the work or the processor.
  const grid = await BenchGrid.start(bench.root);
  try {
    const weight = await pageWeight(await bench.browser(), grid.ready.url);
    return [weightRow(weight), startRow(await startSpans(bench, grid))];
  } finally {
    await grid.close();
  }
}

function weightRow({ all, script }: Weight): Row {
  return {
    figure: 'volunteer page before Start, gzipped',
    value: all / KIB,
    unit: 'KiB',
    target: { atMost: 110 },
    note: `Of it script: ${(script / KIB).toFixed(1)} KiB.`,
  };
}

function startRow(spans: readonly number[]): Row {
  return {
    figure: 'Start to the first task running',
    value: median(spans),
    unit: 'ms',
    target: { atMost: 2000 },
    samples: spans,
    note: 'In a new profile: code, identity, store and connection are all made anew.',
  };
}

async function startSpans(bench: Bench, grid: BenchGrid): Promise<readonly number[]> {
  const spans: number[] = [];
  const job = grid.grid.map(range(1e6), spinAWhile, { quorum: 1, name: 'bench: waiting work' });
  // It is cancelled below, and nobody waits for its results.
  job.then(undefined, () => undefined);
  await job.submitted;
  for (let round = 0; round < bench.rounds; round++) {
    spans.push(await startToRunning(await grid.openPage(await bench.browser())));
  }
  await job.cancel('the measurement is over');
  return spans;
}

function spinAWhile(seed: number): number {
  let x = seed;
  for (let i = 0; i < 20_000_000; i++) x = (Math.imul(x, 1103515245) + 12345) | 0;
  return x;
}

async function startToRunning(tab: Page): Promise<number> {
  const span = await pressStart(tab);
  await tab.click('#stop');
  await tab.context().close();
  return span;
}

function pressStart(tab: Page): Promise<number> {
  return tab.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const root = document.documentElement;
        const began = performance.now();
        const observer = new MutationObserver(() => {
          if (root.dataset.state !== 'computing') return;
          observer.disconnect();
          resolve(performance.now() - began);
        });
        observer.observe(root, { attributes: true, attributeFilter: ['data-state'] });
        document.getElementById('start')?.click();
      }),
  );
}
