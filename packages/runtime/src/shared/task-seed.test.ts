import fc from 'fast-check';
import { expect, test } from 'vitest';
import { taskSeed } from './task-seed.ts';

test('[RU3] a seed is a safe natural number, fixed by job and index', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(2 ** 31), (seed, index) => {
      const drawn = taskSeed(seed, index);
      expect(Number.isSafeInteger(drawn) && drawn >= 0).toBe(true);
      expect(taskSeed(seed, index)).toBe(drawn);
    }),
  );
  expect(taskSeed(7, 0)).toBe(PINNED);
});

// Replicas on old and new pages must agree, so this number may never change.
const PINNED = 5_649_757_938_310_130;

test('[RU3] a million tasks have a million seeds', () => {
  const seeds = new Set<number>();
  for (let index = 0; index < 1_000_000; index++) seeds.add(taskSeed(1, index));
  expect(seeds.size).toBe(1_000_000);
  expect(taskSeed(1, 0)).not.toBe(taskSeed(1, 2 ** 32));
  expect(taskSeed(1, 0)).not.toBe(taskSeed(1 + 2 ** 32, 0));
});
