import { expect, test } from 'vitest';
import { SCHEDULING_LIMITS } from './scheduling-limits.ts';
import { isStraggler, speculationBudget } from './speculation.ts';

test('[SC10] a straggler runs over twice its estimate, or its holder is silent', () => {
  const slow = (ms: number, expectedMs: number | undefined, isHolderSuspect = false) =>
    isStraggler({ at: ms, assignedAt: 0, expectedMs, isHolderSuspect }, SCHEDULING_LIMITS);
  expect(slow(2_000, 1_000)).toBe(false);
  expect(slow(2_001, 1_000)).toBe(true);
  expect(slow(200, 1)).toBe(false);
  expect(slow(1e6, undefined)).toBe(false);
  expect(slow(1, 1_000, true)).toBe(true);
});

test('[SC11] a tenth of the tasks may be copied, one of a small job', () => {
  const budget = (assigned: number, speculated: number) =>
    speculationBudget({ assigned, speculated }, SCHEDULING_LIMITS);
  expect(budget(0, 0)).toBe(0);
  expect(budget(1, 0)).toBe(1);
  expect(budget(1, 1)).toBe(0);
  expect(budget(1_000, 40)).toBe(60);
  expect(budget(1_000, 200)).toBe(0);
});
