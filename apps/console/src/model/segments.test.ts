import type { TaskCounts } from '@manytabs/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fractionDecided, fractionFinal, percentText, segmentsOf } from './segments.ts';

const NONE: TaskCounts = { total: 0, waiting: 0, running: 0, provisional: 0, final: 0, failed: 0 };

test('[UI1] a progress bar has the five states in one order, and the shares of those present make one', () => {
  const count = fc.integer({ min: 0, max: 2 ** 40 });
  const tasks = fc.record({
    waiting: count,
    running: count,
    provisional: count,
    final: count,
    failed: count,
  });
  fc.assert(
    fc.property(tasks, (part) => {
      const total = Object.values(part).reduce((sum, n) => sum + n, 0);
      const segments = segmentsOf({ ...part, total });
      expect(segments.map((segment) => segment.kind)).toEqual([
        'final',
        'provisional',
        'running',
        'failed',
        'waiting',
      ]);
      const sum = segments.reduce((all, segment) => all + segment.share, 0);
      expect(sum).toBeCloseTo(total === 0 ? 0 : 1, 9);
      for (const { count: n, share } of segments) expect(share > 0).toBe(n > 0);
    }),
  );
});

test('[UI1] one failed task in a billion can still be seen', () => {
  const tasks = { ...NONE, total: 1e9, final: 1e9 - 1, failed: 1 };
  const failed = segmentsOf(tasks).find((segment) => segment.kind === 'failed');
  expect(failed?.share).toBeGreaterThan(0.005);
});

test('[UI2] 100 % is said of a whole job only', () => {
  const almost = { ...NONE, total: 1_000_000, final: 999_998, failed: 1, waiting: 1 };
  expect(percentText(fractionDecided(almost))).toBe('99 %');
  expect(percentText(fractionDecided({ ...almost, failed: 2, waiting: 0 }))).toBe('100 %');
  expect(percentText(fractionFinal({ ...NONE, total: 40, failed: 40 }))).toBe('0 %');
  expect(percentText(fractionFinal(NONE))).toBe('0 %');
});
