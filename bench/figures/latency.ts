import type { Grid } from 'manytabs';
import type { Bench } from '../bench.ts';
import type { Row } from '../row.ts';
import { median, quantile } from '../statistics.ts';

const TASKS_A_ROUND = 60;
const JOBS_A_ROUND = 10;

/** One task at a time: into a job that is open, and as a job of its own. */
export async function latency(bench: Bench): Promise<readonly Row[]> {
  const { grid } = await bench.grid();
  const bare = await bench.bare();
  const open: number[] = [];
  const whole: number[] = [];
  const channel: number[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    open.push(...(await oneByOne(grid, TASKS_A_ROUND)));
    for (let i = 0; i < JOBS_A_ROUND; i++) whole.push(await oneJob(grid, i));
    for (let i = 0; i < TASKS_A_ROUND; i++) channel.push(await bare.runOne());
    bench.say(`  open job ${median(open).toFixed(1)} ms, new job ${median(whole).toFixed(1)} ms`);
  }
  const beside = { name: 'bare channel + worker', value: median(channel) };
  return [
    row('one task of an open job, p50', median(open), open, beside, 4),
    row('one task of an open job, p99', quantile(open, 0.99), open),
    row('a job of one task, p50', median(whole), whole),
    row('a job of one task, p99', quantile(whole, 0.99), whole),
  ];
}

function row(
  figure: string,
  value: number,
  samples: readonly number[],
  beside?: Row['beside'],
  atMost?: number,
): Row {
  const target = atMost === undefined ? undefined : { atMost };
  return { figure, value, unit: 'ms', target, beside, samples };
}

/** Feeds one input when the result of the one before is in hand; the first, which opens the job, is not counted. */
async function oneByOne(grid: Grid, tasks: number): Promise<number[]> {
  const feed = new Feed();
  const job = grid.map(feed, (n: number) => n, { quorum: 1, name: 'bench: one by one' });
  const results = job.results({ ordered: true })[Symbol.asyncIterator]();
  const spans: number[] = [];
  for (let i = 0; i <= tasks; i++) {
    const began = performance.now();
    feed.give(i);
    await results.next();
    if (i > 0) spans.push(performance.now() - began);
  }
  feed.end();
  await job.ended();
  return spans;
}

async function oneJob(grid: Grid, n: number): Promise<number> {
  const began = performance.now();
  await grid.map([n], (input: number) => input, { quorum: 1, name: 'bench: one task' });
  return performance.now() - began;
}

/** Inputs that are given one at a time to a reader that waits for them. */
class Feed implements AsyncIterable<number> {
  readonly #given: number[] = [];
  #isOver = false;
  #wake: () => void = () => undefined;

  give(input: number): void {
    this.#given.push(input);
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    while (true) {
      const input = this.#given.shift();
      if (input !== undefined) yield input;
      else if (this.#isOver) return;
      else await this.#more();
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
