import type { BenchGrid } from '../bench-grid.ts';

/** Steps of the generator below that take a core about a millisecond. */
const STEPS_PER_MS = 450_000;

export interface SpinJob {
  cancel(): Promise<void>;
}

/** A job without end, of tasks that take about so long; with `talks`, each calls its context on the way. */
export async function spinJob(
  { grid }: BenchGrid,
  taskMs: number,
  options: { tasks?: number; talks?: boolean } = {},
): Promise<SpinJob> {
  const { tasks = 10_000, talks = false } = options;
  const inputs = Array<number>(tasks).fill(Math.round(taskMs * STEPS_PER_MS));
  const more = { quorum: 1, name: `bench: tasks of ${taskMs} ms` };
  const job = talks ? grid.map(inputs, spinAndTalk, more) : grid.map(inputs, spin, more);
  // It is cancelled, and nobody waits for its results.
  job.then(undefined, () => undefined);
  await job.submitted;
  return { cancel: () => job.cancel('the measurement is over').then(() => undefined) };
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
