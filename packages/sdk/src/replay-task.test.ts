import { GridError } from '@manytabs/protocol';
import { afterEach, expect, test } from 'vitest';
import { InlineRuntime } from '../test/inline-runtime.ts';
import { MemoryGrid } from '../test/memory-grid.ts';
import { range } from './client/inputs.ts';
import { replayTask } from './volunteer/replay-task.ts';

let memory: MemoryGrid;
afterEach(() => memory.close());

const runtime = new InlineRuntime();

test('[CO211] [UI291] a task of a range is run again with all that it needs', async () => {
  memory = new MemoryGrid();
  const grid = await memory.submitter('user-ann');
  const job = grid.map(range(10, 20), (n: number, ctx) => n * Number(ctx.args), { args: 3 });
  memory.donate();
  await job;
  const task = await job.taskBytes(4);
  if (!task) throw new TypeError('It is kept.');
  expect(await replayTask(runtime, task, 4, 42)).toEqual({ value: 42, isSame: true });
  expect(await replayTask(runtime, task, 4, 43)).toMatchObject({ value: 42, isSame: false });
});

test('[CO211] the files of a job come along', async () => {
  memory = new MemoryGrid();
  const grid = await memory.submitter('user-ann');
  const files = { 'three.txt': new TextEncoder().encode('3') };
  const job = grid.map(range(2), (n: number) => n, { files });
  await job.submitted;
  expect((await job.taskBytes(1))?.files.get('three.txt')).toEqual(files['three.txt']);
});

test('[CO211] [UI291] a task of a list while its job runs, compared within the tolerance of the job', async () => {
  memory = new MemoryGrid();
  const grid = await memory.submitter('user-ann');
  const job = grid.map([3, 4, 5], (n: number) => n / 2, { compare: { float: { abs: 0.5 } } });
  await job.submitted;
  await expect.poll(() => job.taskBytes(2)).toBeDefined();
  const task = await job.taskBytes(2);
  if (!task) throw new TypeError('It is kept.');
  expect(await replayTask(runtime, task, 2, 2.9)).toMatchObject({ value: 2.5, isSame: true });
  expect(await replayTask(runtime, task, 2, 3.1)).toMatchObject({ isSame: false });
  const ended = job.ended();
  await job.cancel();
  await ended;
  expect(await job.taskBytes(2)).toBeUndefined();
});

test('[CO211] what throws here says so', async () => {
  memory = new MemoryGrid();
  const grid = await memory.submitter('user-ann');
  const job = grid.map(range(2), () => {
    throw new Error('boom');
  });
  const task = await job.submitted.then(() => job.taskBytes(0));
  if (!task) throw new TypeError('It is kept.');
  expect(await replayTask(runtime, task, 0, 1)).toMatchObject({
    isSame: false,
    error: expect.stringContaining('boom'),
  });
});

test('[CO211] nobody reads the job of another', async () => {
  memory = new MemoryGrid();
  const ann = await memory.submitter('user-ann');
  const job = ann.map(range(2), (n: number) => n);
  await job.submitted;
  const bob = await memory.submitter('user-bob');
  await expect(bob.job(job.id).taskBytes(0)).rejects.toBeInstanceOf(GridError);
});
