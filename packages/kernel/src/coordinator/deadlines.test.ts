import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Deadlines } from './deadlines.ts';

test('[CO6] deadlines are met never early and at most 250 ms late, however they are moved', () => {
  const move = fc.record({ item: fc.nat(9), dueAt: fc.nat(20_000) });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const deadlines = new Deadlines<{ bucket: number; dueAt: number }>();
      const items = Array.from({ length: 10 }, () => ({ bucket: NaN, dueAt: NaN }));
      for (const { item, dueAt } of moves) {
        const one = items[item];
        if (!one) continue;
        one.dueAt = dueAt;
        deadlines.set(one, dueAt);
      }
      let left = items.filter(({ dueAt }) => !Number.isNaN(dueAt)).length;
      while (left > 0) {
        const at = deadlines.nextAt ?? NaN;
        const due = deadlines.take(at);
        expect(due.length).toBeGreaterThan(0);
        for (const { dueAt } of due) {
          expect(dueAt).toBeLessThanOrEqual(at);
          expect(at - dueAt).toBeLessThan(250);
        }
        left -= due.length;
      }
      expect(deadlines.nextAt).toBeUndefined();
    }),
  );
});

test('[CO6] a cleared deadline never comes', () => {
  const deadlines = new Deadlines<{ bucket: number }>();
  const one = { bucket: NaN };
  deadlines.set(one, 100);
  deadlines.clear(one);
  expect(deadlines.nextAt).toBeUndefined();
  expect(deadlines.take(1e9)).toEqual([]);
});
