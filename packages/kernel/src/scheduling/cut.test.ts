import { LIMITS } from '@manytabs/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutTasks, PART_TASKS_MIN } from './cut.ts';

const jobs = fc.record({
  total: fc.integer({ min: 1, max: LIMITS.TASKS_PER_JOB_MAX }),
  servers: fc.integer({ min: 1, max: 100 }),
  least: fc.oneof(fc.integer({ min: 1, max: 50_000 }), fc.constant(PART_TASKS_MIN)),
});

test('[CO240] the parts of a job are all of its tasks, each once, and none is small', () => {
  fc.assert(
    fc.property(jobs, ({ total, servers, least }) => {
      const bounds = cutTasks(total, servers, least);
      if (!bounds) {
        expect(Math.min(servers, total / least)).toBeLessThan(2);
        return;
      }
      expect(bounds[0]).toBe(0);
      expect(bounds.at(-1)).toBe(total);
      expect(bounds.length - 1).toBeLessThanOrEqual(Math.min(servers, LIMITS.PARTS_PER_JOB_MAX));
      const sizes = bounds.slice(1).map((end, i) => end - (bounds[i] ?? 0));
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(least / 2);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(
        2 * Math.min(least, LIMITS.BUNDLE_TASKS_MAX),
      );
    }),
    { numRuns: 2_000 },
  );
});

test('[CO240] a small job, and one of a lone server, is not cut', () => {
  expect(cutTasks(2 * PART_TASKS_MIN - 1, 8)).toBe(undefined);
  expect(cutTasks(1_000_000, 1)).toBe(undefined);
  expect(cutTasks(2 * PART_TASKS_MIN, 8)).toEqual([0, PART_TASKS_MIN, 2 * PART_TASKS_MIN]);
});
