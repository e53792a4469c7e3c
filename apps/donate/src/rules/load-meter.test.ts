import { expect, test } from 'vitest';
import { LoadMeter } from './load-meter.ts';

test('[UI57] the measured load is what was worked in the last ten seconds', () => {
  const meter = new LoadMeter();
  for (let at = 1_000; at <= 20_000; at += 1_000) meter.add(500, at);
  expect(meter.cores(20_000)).toBeCloseTo(0.5);
  expect(meter.cores(25_000)).toBeCloseTo(0.25);
  expect(meter.cores(40_000)).toBe(0);
});

test('[UI57] a task longer than the window counts for what lies in it', () => {
  const meter = new LoadMeter();
  meter.add(60_000, 60_000);
  meter.add(4_000, 60_000);
  expect(meter.cores(60_000)).toBeCloseTo(1.4);
});
