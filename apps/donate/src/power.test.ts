import { expect, test } from 'vitest';
import { firstPower, workersFor } from './power.ts';

test.each([
  [1, 1, 1, 1],
  [2, 1, 1, 2],
  [8, 2, 4, 8],
  [512, 128, 128, 128],
  [Number.NaN, 1, 1, 1],
])('[UI44] on %d cores: quiet %d, balanced %d, full %d workers', (cores, quiet, balanced, full) => {
  expect(workersFor('quiet', cores)).toBe(quiet);
  expect(workersFor('balanced', cores)).toBe(balanced);
  expect(workersFor('full', cores)).toBe(full);
});

test('[UI44] a handheld device starts quiet', () => {
  expect(firstPower({ handheld: true })).toBe('quiet');
  expect(firstPower({ handheld: false })).toBe('balanced');
});
