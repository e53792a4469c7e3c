import { range, type TaskContext } from 'manytabs';
import type { Bench } from '../bench.ts';
import { BenchGrid } from '../bench-grid.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

/** Checkpoints in between are not kept. */
const INTERVAL_MS = 500;
/** The tab is closed this much after its task began, and up to an interval more. */
const CLOSE_AFTER_MS = 1_000;
const ROUNDS = 3;

/** A tab is closed in the middle of a task: how much of it another tab computes again. */
export async function migration(bench: Bench): Promise<Row> {
  const again: number[] = [];
  for (let round = 0; round < ROUNDS; round++) again.push(await computedAgain(bench, round));
  return {
    figure: 'computed again of a task whose tab is closed',
    value: median(again),
    unit: 'ms',
    target: { atMost: INTERVAL_MS },
    samples: again,
    note: `Of a second and more that was computed; a checkpoint is kept every ${INTERVAL_MS} ms.`,
  };
}

/** Closed at another point between two checkpoints each round. */
async function computedAgain(bench: Bench, round: number): Promise<number> {
  const grid = await BenchGrid.start(bench.root);
  try {
    const first = await grid.join(await bench.browser());
    const job = grid.grid.map(range(1), countSteps, { name: 'bench: migration' });
    await new Promise<void>((resolve) => {
      job.on('log', () => resolve());
    });
    await grid.join(await bench.browser());
    await first.waitForTimeout(CLOSE_AFTER_MS + ((round * 2 + 1) * INTERVAL_MS) / (2 * ROUNDS));
    const closedAt = Date.now();
    await first.context().close();
    const [keptAt = 0] = await job;
    return closedAt - keptAt;
  } finally {
    await grid.close();
  }
}

/** Some seconds of work; gives when the checkpoint was made that it went on from. */
async function countSteps(_: number, ctx: TaskContext): Promise<number> {
  const kept = ctx.restore<{ step: number; at: number }>();
  ctx.log('began at', kept?.step ?? 0);
  for (let step = (kept?.step ?? 0) + 1; step <= 400; step++) {
    const end = Date.now() + 10;
    while (Date.now() < end);
    await undefined;
    ctx.checkpoint({ step, at: Date.now() });
  }
  return kept?.at ?? 0;
}
