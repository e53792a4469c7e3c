import { encodeValue } from '@manytabs/protocol';
import type { Estimate, GridApi, InputSource, MapOptions, Task, TaskResult } from './api.ts';
import { endedError } from './ended-error.ts';
import { isRange } from './inputs.ts';
import { quorumOf } from './program.ts';

const PILOT_TASKS = 3;

/** Runs three tasks, from the beginning, the middle and the end where those are known, and scales up. */
export async function estimate<Input, Output, Args>(
  grid: GridApi,
  inputs: InputSource<Input>,
  task: Task<Input, Output, Args>,
  options: MapOptions<Args>,
): Promise<Estimate> {
  const tasks = countOf(inputs);
  const picked = await pick(inputs, tasks);
  const { key: _, deadline: __, budget: ___, ...rest } = options;
  const name = `${options.name ?? 'job'} (pilot)`;
  const job = grid.map(picked, task, { ...rest, name, quorum: 1 });
  const pilot: TaskResult<unknown>[] = [];
  for await (const row of job.results()) pilot.push(row);
  const view = await job.ended();
  const stopped = endedError(view);
  if (stopped) throw stopped;
  const { busyMs } = view;
  const msPerTask = busyMs / Math.max(1, pilot.length);
  const copies = quorumOf(options as MapOptions).targetResults;
  const coreSeconds = tasks === undefined ? undefined : (tasks * copies * msPerTask) / 1_000;
  const { workers } = await grid.status();
  const wallSeconds = coreSeconds === undefined ? undefined : coreSeconds / Math.max(1, workers);
  return { tasks, msPerTask, bytesPerResult: sizeOf(pilot), coreSeconds, wallSeconds, pilot };
}

function countOf(inputs: unknown): number | undefined {
  if (isRange(inputs)) return inputs.to - inputs.from;
  return Array.isArray(inputs) ? inputs.length : undefined;
}

async function pick<Input>(
  inputs: InputSource<Input>,
  tasks: number | undefined,
): Promise<Input[]> {
  if (tasks !== undefined && tasks > PILOT_TASKS) {
    const places = [0, Math.floor(tasks / 2), tasks - 1];
    if (isRange(inputs)) return places.map((place) => (inputs.from + place) as Input);
    return places.map((place) => (inputs as readonly Input[])[place] as Input);
  }
  const picked: Input[] = [];
  for await (const input of inputs) {
    picked.push(input);
    if (picked.length === PILOT_TASKS) break;
  }
  return picked;
}

function sizeOf(pilot: readonly TaskResult<unknown>[]): number {
  const sizes = pilot.flatMap((row) =>
    row.status === 'fulfilled' ? [encodeValue(row.value).length] : [],
  );
  return sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, sizes.length);
}
