import { expect, test } from 'vitest';
import { NetworkRates } from './network-rates.ts';

test('[AC13] a network that asks too fast waits, and no other does', () => {
  let now = 0;
  const rates = new NetworkRates({ burst: 10, perSecond: 5 }, () => now);
  const taken = (address: string, count: number) =>
    Array.from({ length: count }, (_, n) => rates.take(`${address}.${n % 200}`)).filter(Boolean);
  expect(taken('203.0.114', 100)).toHaveLength(10);
  expect(taken('203.0.115', 5)).toHaveLength(5);
  now = 1_000;
  expect(taken('203.0.114', 100)).toHaveLength(5);
});

test('[AC13] addresses without end take no memory without end', () => {
  const rates = new NetworkRates({ burst: 1, perSecond: 1 }, () => 0);
  for (let n = 0; n < 100_000; n++) rates.take(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
  for (let n = 0; n < 50_000; n++) rates.take(`2001:db8:${n.toString(16)}::1`);
  expect(rates.take('203.0.113.1')).toBe(true);
});
