import { expect, test } from 'vitest';
import { LagWatch } from './lag-watch.ts';

test('[UI55] a page whose clock is late half of the time is under pressure, until it is not', () => {
  const watch = new LagWatch();
  let now = 0;
  const looks = (count: number, ms: number) => {
    let last = false;
    for (let i = 0; i < count; i++) {
      now += ms;
      last = watch.look(now, 1_000);
    }
    return last;
  };
  expect(looks(10, 1_050)).toBe(false);
  expect(looks(5, 1_600)).toBe(true);
  expect(looks(10, 1_000)).toBe(false);
});

test('[UI55] hidden time does not count', () => {
  const watch = new LagWatch();
  let now = 0;
  for (let i = 0; i < 20; i++) {
    watch.skip();
    now += 60_000;
    expect(watch.look(now, 1_000)).toBe(false);
  }
});
