import { expect, test } from 'vitest';
import { shrunk } from './shrunk.ts';

const picture = (width: number, height: number) => ({
  width,
  height,
  rgba: new Uint8Array(width * height * 4).map((_, i) => i >> 2),
});

test('[SU90] a picture that is small enough is sent as it is', () => {
  const small = picture(64, 64);
  expect(shrunk(small, 4_096)).toBe(small);
});

test.each([
  [200, 100],
  [1, 100_000],
  [100_000, 1],
  [65, 64],
])('[SU90] one of %i by %i becomes one of at most 4,096 pixels', (width, height) => {
  const { width: across, height: down, rgba } = shrunk(picture(width, height), 4_096);
  expect(across * down).toBeLessThanOrEqual(4_096);
  expect(across * down).toBeGreaterThan(0);
  expect(rgba).toHaveLength(across * down * 4);
});

test('[SU90] its pixels are some of those it had', () => {
  const { rgba } = shrunk(picture(4, 4), 4);
  expect([...rgba.filter((_, i) => i % 4 === 0)]).toEqual([0, 2, 8, 10]);
});
