import { describe, expect, test } from 'vitest';
import { type PrefetchQuestion, wantsBundle } from './prefetch.ts';
import { SCHEDULING_LIMITS } from './scheduling-limits.ts';

const question: PrefetchQuestion = {
  leases: 0,
  workers: 2,
  queuedMs: 0,
  msPerTask: 10,
  remainingTasks: 1e6,
  workersTotal: 10,
  holdsJob: true,
};

function wants(changes: Partial<PrefetchQuestion>): boolean {
  return wantsBundle({ ...question, ...changes }, SCHEDULING_LIMITS);
}

describe('[SC5] a volunteer', () => {
  test('gets a bundle for every free worker, whatever is known', () => {
    expect(wants({ leases: 1, msPerTask: undefined })).toBe(true);
    expect(wants({ leases: 1, msPerTask: 60_000, remainingTasks: 1 })).toBe(true);
  });

  test('gets one more for each worker in store', () => {
    expect(wants({ leases: 3, queuedMs: 3_000 })).toBe(true);
    expect(wants({ leases: 4, queuedMs: 4_000 })).toBe(false);
  });

  test('gets nothing in store of a job it has not measured', () => {
    expect(wants({ leases: 2, msPerTask: undefined })).toBe(false);
  });

  test('[SC20] busy with other jobs gets one of this one, whatever is known of it, and not two', () => {
    const busy = { leases: 4, queuedMs: 120_000, holdsJob: false, remainingTasks: 1 };
    expect(wants({ ...busy, msPerTask: undefined })).toBe(true);
    expect(wants({ ...busy, msPerTask: 60_000 })).toBe(true);
    expect(wants({ ...busy, leases: 6 })).toBe(false);
    expect(wants({ ...busy, msPerTask: undefined, holdsJob: true })).toBe(false);
  });

  test('gets more where bundles are shorter than a round trip', () => {
    expect(wants({ leases: 4, queuedMs: 40 })).toBe(true);
    expect(wants({ leases: 15, queuedMs: 100 })).toBe(true);
    expect(wants({ leases: 15, queuedMs: 120 })).toBe(false);
    expect(wants({ leases: 16, queuedMs: 1 })).toBe(false);
  });

  test('stores no long task that could start elsewhere', () => {
    expect(wants({ leases: 2, msPerTask: 3_000, remainingTasks: 20 })).toBe(false);
    expect(wants({ leases: 2, msPerTask: 3_000, remainingTasks: 21 })).toBe(true);
  });
});
