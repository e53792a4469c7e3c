import type { BenchGrid } from '../bench-grid.ts';

const SAMPLE_STEPS = 100_000_000;

export interface SpinJob {
  cancel(): Promise<void>;
}

/** A job without end, of tasks that take a core about so long; with `talks`, each calls its context on the way. */
export async function spinJob(
  { grid }: BenchGrid,
  taskMs: number,
  options: { tasks?: number; talks?: boolean } = {},
): Promise<SpinJob> {
  const { tasks = 10_000, talks = false } = options;
  const inputs = Array<number>(tasks).fill(Math.round(taskMs * stepsPerMs()));
  const more = { quorum: 1, name: `bench: tasks of ${taskMs} ms` };
  const job = talks ? grid.map(inputs, spinAndTalk, more) : grid.map(inputs, spin, more);
  // It is cancelled, and nobody waits for its results.
  job.then(undefined, () => undefined);
  await job.submitted;
  return { cancel: () => job.cancel('the measurement is over').then(() => undefined) };
}

let measured: number | undefined;

/** By the processor's time, as other programs may be at work: Node and the browser have one engine. */
function stepsPerMs(): number {
  if (measured === undefined) {
    spin(SAMPLE_STEPS / 10);
    const before = process.cpuUsage().user;
    spin(SAMPLE_STEPS);
    measured = (SAMPLE_STEPS * 1_000) / (process.cpuUsage().user - before);
  }
  return measured;
}

function spin(steps: number): number {
  let x = steps;
  for (let i = 0; i < steps; i++) x = (Math.imul(x, 1103515245) + 12345) | 0;
  return x;
}

function spinAndTalk(steps: number, context: { progress(fraction: number): void }): number {
  let x = steps;
  for (let part = 0; part < 500; part++) {
    for (let i = 0; i < steps / 500; i++) x = (Math.imul(x, 1103515245) + 12345) | 0;
    context.progress(part / 500);
  }
  return x;
}
