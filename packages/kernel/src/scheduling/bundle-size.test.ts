import { LIMITS } from '@manytabs/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BundleQuestion, bundleTasks } from './bundle-size.ts';
import { SCHEDULING_LIMITS } from './scheduling-limits.ts';

const question: BundleQuestion = {
  msPerTask: 1,
  jobMsPerTask: 1,
  provenTasks: 4_096,
  visitMs: 0,
  remainingTasks: 1e9,
  workersTotal: 10,
};

function tasks(changes: Partial<BundleQuestion>): number {
  return bundleTasks({ ...question, ...changes }, SCHEDULING_LIMITS);
}

describe('[SC2] a bundle', () => {
  test('is one task while the cost is unknown', () => {
    expect(tasks({ msPerTask: undefined, jobMsPerTask: undefined })).toBe(1);
  });

  test('is a second of work once the cost is known', () => {
    expect(tasks({ msPerTask: 1 })).toBe(1_000);
    expect(tasks({ msPerTask: 100 })).toBe(10);
    expect(tasks({ msPerTask: 5_000 })).toBe(1);
  });

  test('is at most four times one that came back', () => {
    expect(tasks({ msPerTask: 1, provenTasks: 1 })).toBe(4);
    expect(tasks({ msPerTask: 1, provenTasks: 16 })).toBe(64);
  });

  test('reaches BUNDLE_TASKS_MAX within six round trips where tasks are cheap', () => {
    let proven = 1;
    for (let trip = 0; trip < 6; trip++) proven = tasks({ msPerTask: 1e-4, provenTasks: proven });
    expect(proven).toBe(LIMITS.BUNDLE_TASKS_MAX);
  });

  test('is a quarter of that for a newcomer to a job that others know', () => {
    expect(tasks({ msPerTask: undefined, jobMsPerTask: 1 })).toBe(250);
    expect(tasks({ msPerTask: undefined, jobMsPerTask: 1, provenTasks: 16 })).toBe(16);
  });
});

test('[SC3] a bundle doubles every five minutes of a visit, up to a minute of work', () => {
  const minutes = (count: number) => tasks({ msPerTask: 100, visitMs: count * 60_000 });
  expect([0, 4, 5, 10, 15, 60, 6_000].map(minutes)).toEqual([10, 10, 20, 40, 80, 600, 600]);
});

test('[SC4] a bundle is a fair part of what is left, but no less than 20 ms of work', () => {
  expect(tasks({ remainingTasks: 1_000 })).toBe(50);
  expect(tasks({ remainingTasks: 60, workersTotal: 2, msPerTask: 100 })).toBe(10);
  expect(tasks({ remainingTasks: 8, workersTotal: 2, msPerTask: 100 })).toBe(2);
  expect(tasks({ remainingTasks: 8, workersTotal: 2, msPerTask: 1 })).toBe(20);
});

test('[SC4] a bundle has between one task and BUNDLE_TASKS_MAX', () => {
  const positive = fc.double({ min: 1e-4, max: 1e9, noNaN: true });
  const cost = fc.option(positive, { nil: undefined });
  const count = fc.integer({ min: 0, max: 2 ** 40 });
  const shape = { msPerTask: cost, jobMsPerTask: cost, visitMs: count, remainingTasks: count };
  fc.assert(
    fc.property(fc.record({ ...shape, workersTotal: count }), (changes) => {
      const size = tasks(changes);
      expect(Number.isInteger(size) && size >= 1 && size <= LIMITS.BUNDLE_TASKS_MAX).toBe(true);
    }),
  );
});
