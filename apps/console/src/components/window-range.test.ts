import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tabAfterKey } from './tabs.tsx';
import { windowRange } from './window-range.ts';

test('[UI9] of any number of rows only those near the window are drawn, and none in it is missing', () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.integer({ min: 20, max: 200 }),
      fc.nat(100_000_000),
      fc.nat(2_000),
      (count, rowPx, scrollPx, viewPx) => {
        const { from, to } = windowRange({ count, rowPx, scrollPx, viewPx });
        expect(from).toBeGreaterThanOrEqual(0);
        expect(to).toBeLessThanOrEqual(count);
        expect(to - from).toBeLessThanOrEqual(viewPx / rowPx + 15);
        const visible = Math.floor(scrollPx / rowPx);
        if (visible < count) expect(from <= visible && visible < to).toBe(true);
      },
    ),
  );
});

test('[UI8] arrow keys, Home and End move between tabs, round the ends', () => {
  expect(tabAfterKey('ArrowRight', 3, 4)).toBe(0);
  expect(tabAfterKey('ArrowLeft', 0, 4)).toBe(3);
  expect(tabAfterKey('End', 0, 4)).toBe(3);
  expect(tabAfterKey('Home', 2, 4)).toBe(0);
  expect(tabAfterKey('a', 2, 4)).toBeUndefined();
});
