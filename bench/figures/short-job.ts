import { type Grid, range } from 'manytabs';
import type { Bench } from '../bench.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const LONG_TASKS = 100_000;
const LONG_LOOPS = 10_000_000;
const SHORT_TASKS = 10;
/** The long job has all workers by then. */
const BEGUN = 100;
const JOBS_A_ROUND = 4;

/** A job of ten tasks that comes when one of 100,000 has every worker. */
export async function shortJob(bench: Bench): Promise<readonly Row[]> {
  const { grid } = await bench.grid();
  const long = grid.map(range(LONG_TASKS), busy, {
    quorum: 1,
    args: { loops: LONG_LOOPS },
    name: 'bench: long',
  });
  await firstOf(long.results({ ordered: false }), BEGUN);
  const firsts: number[] = [];
  const wholes: number[] = [];
  for (let i = 0; i < bench.rounds * JOBS_A_ROUND; i++) {
    const { first, whole } = await runShort(grid);
    firsts.push(first);
    wholes.push(whole);
    bench.say(`  first result after ${first.toFixed(0)} ms, all after ${whole.toFixed(0)} ms`);
  }
  await long.cancel();
  return [row('first result', firsts), row('all of them', wholes)];
}

function row(what: string, samples: readonly number[]): Row {
  const figure = `${SHORT_TASKS} tasks behind ${LONG_TASKS.toLocaleString('en')}: ${what}, p50`;
  return { figure, value: median(samples), unit: 'ms', samples };
}

async function runShort(grid: Grid): Promise<{ first: number; whole: number }> {
  const began = performance.now();
  const job = grid.map(range(SHORT_TASKS), busy, {
    quorum: 1,
    args: { loops: LONG_LOOPS },
    name: 'bench: short',
  });
  await firstOf(job.results({ ordered: false }), 1);
  const first = performance.now() - began;
  await job;
  return { first, whole: performance.now() - began };
}

async function firstOf(results: AsyncIterable<unknown>, count: number): Promise<void> {
  let seen = 0;
  for await (const _ of results) if (++seen >= count) return;
}

/** About 10 ms. */
function busy(seed: number, ctx: { readonly args: { readonly loops: number } }): number {
  const { loops } = ctx.args;
  let x = seed;
  for (let i = 0; i < loops; i++) x = (Math.imul(x, 1103515245) + 12345) | 0;
  return x;
}
