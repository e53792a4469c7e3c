import { expect, test } from 'vitest';
import { BOUNDS } from './bounds.ts';
import { restMs } from './rest.ts';

test('[RU48] rest makes work the promised share of all time', () => {
  for (const duty of [0.1, 0.25, 0.5, 0.9]) {
    expect(50 / (50 + restMs(50, duty))).toBeCloseTo(duty);
  }
  expect(restMs(50, 1)).toBe(0);
});

test('[RU48] a rest has an end, however long the task was', () => {
  expect(restMs(3_600_000, 0.5)).toBe(BOUNDS.REST_MS_MAX);
});
