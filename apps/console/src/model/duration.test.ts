import { expect, test } from 'vitest';
import { agoText, bytesText, countText, durationText, etaText, rateText } from './duration.ts';

test.each([
  [0, '0 s'],
  [0.3, 'under 1 ms'],
  [7.4, '7 ms'],
  [96, '0.1 s'],
  [400, '0.4 s'],
  [12_300, '12 s'],
  [180_000, '3 min'],
  [7_500_000, '2 h 5 min'],
  [4 * 86_400_000 + 5_000, '4 d'],
  [Number.NaN, 'unknown'],
  [-1, 'unknown'],
])('a duration of %s ms reads %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test('[UI3] the time left is a range, and nothing before it is known', () => {
  expect(etaText(undefined)).toBe('');
  expect(etaText([120_000, 240_000])).toBe('about 2 – 4 min left');
  expect(etaText([240_000, 120_000])).toBe('about 2 – 4 min left');
  expect(etaText([50_000, 240_000])).toBe('about 50 s – 4 min left');
  expect(etaText([5_000, 5_010])).toBe('about 5 s left');
  expect(etaText([60_000, Number.POSITIVE_INFINITY])).toBe('about 60 s – longer left');
  expect(etaText([Number.NaN, 1])).toBe('');
});

test('ages, rates, counts and sizes are short', () => {
  expect(agoText(1_000, 2_000)).toBe('now');
  expect(agoText(2_000, 1_000)).toBe('now');
  expect(agoText(0, 60_000)).toBe('60 s ago');
  expect(rateText(0)).toBe('0/s');
  expect(rateText(0.456)).toBe('0.46/s');
  expect(rateText(3_400.4)).toBe('3,400/s');
  expect(countText(1_234_567)).toBe('1,234,567');
  expect(bytesText(740)).toBe('740 B');
  expect(bytesText(1_258_291)).toBe('1.2 MiB');
});
