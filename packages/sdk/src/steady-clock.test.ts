import { expect, test } from 'vitest';
import { SteadyClock } from './steady-clock.ts';

test('[CO85] [VO51] time goes on when the clock is set back by an hour', () => {
  let wall = 10_000_000;
  const clock = new SteadyClock(() => wall);
  wall += 100;
  const before = clock.now();
  wall -= 3_600_000;
  expect(clock.now()).toBe(before);
  wall += 2_000;
  expect(clock.now()).toBe(before + 2_000);
  wall -= 3_600_000;
  wall += 50;
  expect(clock.now()).toBeGreaterThanOrEqual(before + 2_000);
});

test('[VO51] a sleep of hours has passed when it is over', () => {
  let wall = 10_000_000;
  const clock = new SteadyClock(() => wall);
  wall += 5 * 3_600_000;
  expect(clock.now()).toBe(wall);
});
