import { expect, test } from 'vitest';
import { PressureWatch } from './pressure-watch.ts';

test('[UI55] critical pressure for a quarter of a minute asks for rest, and rest ends five seconds after it', () => {
  const watch = new PressureWatch();
  expect(watch.look('critical', 0)).toBe(false);
  expect(watch.look('fair', 10_000)).toBe(false);
  expect(watch.look('critical', 11_000)).toBe(false);
  expect(watch.look('critical', 26_000)).toBe(true);
  expect(watch.look('serious', 27_000)).toBe(true);
  expect(watch.look('critical', 31_000)).toBe(true);
  expect(watch.look('nominal', 32_000)).toBe(true);
  expect(watch.look('nominal', 37_000)).toBe(false);
});

test('[UI55] a browser that does not tell of pressure is not guessed at', () => {
  expect(new PressureWatch().look(undefined, 0)).toBeUndefined();
});
