import { expect, test } from 'vitest';
import { bytesText, timeText } from './number-text.ts';

test('times have two digits, as far as they say something', () => {
  const times = [0, 0.0312, 3.21, 45.3, 994, 999, 9_949, 9_951, 99_499, 100_000, 120_000];
  expect(times.map(timeText)).toEqual([
    '0 ms',
    '0.031 ms',
    '3.2 ms',
    '45 ms',
    '994 ms',
    '1.0 s',
    '9.9 s',
    '10 s',
    '99 s',
    '1 min 40 s',
    '2 min',
  ]);
  expect(timeText(7_500_000)).toBe('2 h 5 min');
  expect(timeText(5_999_999)).toBe('100 min');
});

test('bytes are told in the unit they fill', () => {
  expect([740, 1_290, 205_000, 3e12].map(bytesText)).toEqual([
    '740 B',
    '1.3 KiB',
    '200 KiB',
    '2.7 TiB',
  ]);
});
