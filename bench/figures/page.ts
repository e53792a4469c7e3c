import { gzipSync } from 'node:zlib';
import { range } from 'manytabs';
import type { Page } from 'playwright-core';
import type { Bench } from '../bench.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const KIB = 1024;

/** The volunteer's page: what is fetched before Start, and how soon after Start the first task runs. */
export async function page(bench: Bench): Promise<readonly Row[]> {
  const spans: number[] = [];
  const { grid } = await bench.grid();
  // Long enough to last, with a task for every tab that comes; it is cancelled at the end.
  const job = grid.map(range(1e6), spinAWhile, { quorum: 1, name: 'bench: waiting work' });
  const weight = await bytesBeforeStart(bench);
  for (let round = 0; round < bench.rounds; round++) spans.push(await startToRunning(bench));
  job.then(undefined, () => undefined);
  await job.cancel('the measurement is over');
  return [
    {
      figure: 'volunteer page before Start, gzipped',
      value: weight.all / KIB,
      unit: 'KiB',
      target: { atMost: 110 },
      note: `Of it script: ${(weight.script / KIB).toFixed(1)} KiB.`,
    },
    {
      figure: 'Start to the first task running',
      value: median(spans),
      unit: 'ms',
      target: { atMost: 2000 },
      samples: spans,
      note: 'In a new profile, with an identity and a store to be made.',
    },
  ];
}

function spinAWhile(seed: number): number {
  let x = seed;
  for (let i = 0; i < 20_000_000; i++) x = (Math.imul(x, 1103515245) + 12345) | 0;
  return x;
}

async function bytesBeforeStart(bench: Bench): Promise<{ all: number; script: number }> {
  const { ready } = await bench.grid();
  const context = await (await bench.browser()).newContext();
  const tab = await context.newPage();
  const weight = { all: 0, script: 0 };
  const bodies: Promise<void>[] = [];
  tab.on('response', (response) => {
    bodies.push(
      response.body().then((body) => {
        const bytes = gzipSync(body).length;
        weight.all += bytes;
        if (response.request().resourceType() === 'script') weight.script += bytes;
      }),
    );
  });
  await tab.goto(ready.url, { waitUntil: 'networkidle' });
  await Promise.all(bodies);
  await context.close();
  return weight;
}

async function startToRunning(bench: Bench): Promise<number> {
  const grid = await bench.grid();
  const tab = await grid.openPage(await bench.browser());
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
