import type { Page } from 'playwright-core';
import type { Bench } from '../bench.ts';
import type { BenchGrid } from '../bench-grid.ts';
import type { Row } from '../row.ts';
import { DonorTab } from './donor-tab.ts';
import { spinJob } from './spin-job.ts';

const TASK_MS = 50;

/** From the press of Start, in a profile that was never here, until a finished task is drawn. */
export async function firstPixel(bench: Bench, grid: BenchGrid): Promise<readonly Row[]> {
  const job = await spinJob(grid, TASK_MS);
  const spans: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const tab = await DonorTab.open(await bench.browser(), grid);
    spans.push(await pressAndWatch(tab.page));
    await tab.close();
  }
  await job.cancel();
  return [
    {
      figure: 'Start to the first pixel of real work',
      value: Math.max(...spans),
      unit: 'ms',
      target: { atMost: 3_000 },
      samples: spans,
      note: `The longest of ${spans.length}, with tasks of ${TASK_MS} ms waiting: code, identity, sandbox test, connection, a task, and its square on the canvas.`,
    },
  ];
}

function pressAndWatch(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const { prototype } = CanvasRenderingContext2D;
        const draw = prototype.fillRect;
        const began = performance.now();
        prototype.fillRect = function (...given) {
          draw.apply(this, given);
          requestAnimationFrame(() => resolve(performance.now() - began));
        };
        document.getElementById('start')?.click();
      }),
  );
}
