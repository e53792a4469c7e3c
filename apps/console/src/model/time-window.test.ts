import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { panned, ticksOf, WINDOW_MS_MIN, within, zoomed } from './time-window.ts';

const ALL = { from: 1_000, to: 11_000 };

describe('[UI233] the window of a timeline', () => {
  test('stays inside of all there is, whatever is done to it', () => {
    const moves = fc.array(
      fc.oneof(
        fc.record({
          factor: fc.double({ min: 0.01, max: 50, noNaN: true }),
          share: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        fc.record({ pan: fc.double({ min: -1e5, max: 1e5, noNaN: true }) }),
      ),
    );
    fc.assert(
      fc.property(moves, (all) => {
        let window = ALL;
        for (const move of all) {
          const length = window.to - window.from;
          window =
            'pan' in move
              ? panned(window, move.pan, ALL)
              : zoomed(window, move.factor, window.from + move.share * length, ALL);
          expect(window.from).toBeGreaterThanOrEqual(ALL.from);
          expect(window.to).toBeLessThanOrEqual(ALL.to + 1e-6);
          expect(window.to - window.from).toBeGreaterThanOrEqual(WINDOW_MS_MIN - 1e-6);
        }
      }),
    );
  });

  test('keeps what is under the pointer where it is', () => {
    expect(zoomed(ALL, 0.5, 3_500, ALL)).toEqual({ from: 2_250, to: 7_250 });
    expect(zoomed({ from: 2_250, to: 7_250 }, 2, 3_500, ALL)).toEqual(ALL);
    expect(within({ from: 0, to: 100 }, ALL)).toEqual({ from: 1_000, to: 1_100 });
  });

  test('has round ticks from the beginning on, few of them', () => {
    expect(ticksOf(ALL, 1_000, 5)).toEqual([0, 2_000, 4_000, 6_000, 8_000, 10_000]);
    expect(ticksOf({ from: 1_003, to: 1_010 }, 1_000, 5)).toEqual([4, 6, 8, 10]);
    expect(ticksOf({ from: 0, to: 1e12 }, 0, 4).length).toBeLessThan(7);
  });
});
