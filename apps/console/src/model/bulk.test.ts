import { GridError } from '@manytabs/protocol';
import type { GridApi } from 'manytabs';
import { expect, test } from 'vitest';
import { jobView } from '../fixture/scene.ts';
import { forAll, subjectsOf } from './bulk.ts';

const jobs = (['running', 'paused', 'done', 'running'] as const).map((state, n) =>
  jobView(n, 0, { state }),
);

test('[UI303] an action is for the jobs that it changes', () => {
  const idsOf = (action: Parameters<typeof subjectsOf>[1]) =>
    subjectsOf(jobs, action).map(({ jobId }) => jobs.findIndex((job) => job.jobId === jobId));
  expect(idsOf('pause')).toEqual([0, 3]);
  expect(idsOf('resume')).toEqual([1]);
  expect(idsOf('cancel')).toEqual([0, 1, 3]);
});

test('[UI303] one job that fails stops no other, and is told', async () => {
  const asked: string[] = [];
  let now = 0;
  let most = 0;
  const cancel = async (id: string): Promise<void> => {
    asked.push(id);
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
    if (id === many[7]?.jobId) throw new GridError('job-unknown', 'There is no such job.');
  };
  const many = Array.from({ length: 100 }, (_, n) => jobView(n, 0, {}));
  const grid = { job: (id: string) => ({ cancel: () => cancel(id) }) } as unknown as GridApi;
  const outcome = await forAll(grid, many, 'cancel');
  expect(outcome).toEqual({ action: 'cancel', done: 99, failed: ['There is no such job.'] });
  expect(new Set(asked).size).toBe(100);
  expect(most).toBeLessThanOrEqual(16);
});
