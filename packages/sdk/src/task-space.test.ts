import { expect, onTestFinished, test } from 'vitest';
import { MemoryGrid } from '../test/memory-grid.ts';
import type { TaskContext } from './client/api.ts';
import { range } from './client/inputs.ts';
import { Grid } from './index.ts';

async function localGrid(): Promise<Grid> {
  const grid = await Grid.local({ workers: 2 });
  onTestFinished(() => grid.close());
  return grid;
}

test('[SY12] tasks of a job with a space share counters, values and locks, which their submitter sees', async () => {
  const grid = await localGrid();
  const job = grid.map(
    range(40),
    async (n: number, { space }: TaskContext) => {
      const sum = await space.counter('sum').add(n);
      const lock = await space.lock('list', { leaseMs: 30_000 });
      const before = (await space.get('list'))?.value as number[] | undefined;
      await space.put('list', [...(before ?? []), n], { fence: lock.token });
      await lock.release();
      return sum;
    },
    { space: 'run-1' },
  );
  const sums = await job;
  expect(Math.max(...sums)).toBe(780);
  expect(await grid.space.counter('run-1/sum').get()).toBe(780);
  const list = (await grid.space.get('run-1/list'))?.value as number[];
  expect(list.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n));
});

test('[SY12] a write over another one, or under an older lock, is refused to the task', async () => {
  const grid = await localGrid();
  const job = grid.map(
    [0],
    async (_: number, { space }: TaskContext) => {
      const codeOf = (work: Promise<unknown>) =>
        work.then(
          () => 'done',
          ({ code }) => code as string,
        );
      const version = await space.put('a', 1);
      const conflict = await codeOf(space.put('a', 2, { expected: version + 1 }));
      const first = await space.lock('l');
      const held = await codeOf(space.lock('l', { wait: false }));
      await first.release();
      const second = await space.lock('l');
      await space.put('b', 1, { fence: second.token });
      const lost = await codeOf(space.put('b', 2, { fence: first.token }));
      const large = await codeOf(space.put('c', 'x'.repeat(60_000)));
      const renewed = await codeOf(first.renew());
      return [conflict, held, lost, large, renewed, (await space.get('none')) === undefined];
    },
    { space: 'p' },
  );
  const [seen] = await job;
  const codes = ['version-conflict', 'lock-held', 'lock-lost', 'input-invalid', 'lock-lost'];
  expect(seen).toEqual([...codes, true]);
});

test('[SY13] tasks of a job without a space are refused', async () => {
  const grid = await localGrid();
  const get = (_: number, { space }: TaskContext) => space.get('a');
  const failed = await Promise.allSettled([grid.map([0], get, { retries: 0 })]);
  const [{ reason }] = failed as [PromiseRejectedResult];
  expect(reason.errors[0]).toMatchObject({ code: 'space-refused' });
});

test('[SY14] what is compared, or the same each time, has no space', async () => {
  const world = new MemoryGrid();
  onTestFinished(() => world.close());
  const grid = await world.submitter();
  const task = (n: number) => n;
  for (const options of [
    { quorum: 2 },
    { trust: 'standard' },
    { determinism: 'strict-js' },
    { space: '' },
    { space: 'x'.repeat(65) },
  ] as const) {
    const submit = async () => grid.map([1], task, { space: 'p', ...options }).submitted;
    await expect(submit(), JSON.stringify(options)).rejects.toMatchObject({ code: 'spec-invalid' });
  }
});
