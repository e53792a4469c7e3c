import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Latencies } from './latencies.ts';

describe('[CO200] latencies', () => {
  test('give quantiles within a fortieth of the true ones, whatever was added', () => {
    const times = fc.array(fc.double({ min: 0.01, max: 1e7, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(times, (all) => {
        const latencies = new Latencies();
        for (const ms of all) latencies.add(ms, 1);
        const sorted = [...all].sort((a, b) => a - b);
        const quantiles = latencies.quantiles();
        for (const [share, found] of [
          [0.5, quantiles.p50],
          [0.9, quantiles.p90],
          [0.99, quantiles.p99],
        ] as const) {
          const true_ = sorted[Math.ceil(share * all.length) - 1] ?? 0;
          expect(Math.abs(found - true_)).toBeLessThanOrEqual(true_ * 0.026);
        }
      }),
    );
  });

  test('count every task of a bundle, and take what is below a clock as nothing', () => {
    const latencies = new Latencies();
    expect(latencies.quantiles()).toEqual({ p50: 0, p90: 0, p99: 0 });
    latencies.add(0, 95);
    latencies.add(1_000, 5);
    expect(latencies.quantiles().p90).toBe(0);
    expect(latencies.quantiles().p99).toBeCloseTo(1_000, -2);
  });
});
