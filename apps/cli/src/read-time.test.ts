import { GridError } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { readTime } from './read-time.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');

test.each([
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['1h', 3_600_000],
  ['7d', 604_800_000],
  ['2w', 1_209_600_000],
])('[AC12] %s is a span from now', (text, ms) => {
  expect(readTime(text, NOW).getTime()).toBe(NOW + ms);
});

test.each(['2030-02-01', '2030-01-31T12:00Z', '2030-01-31T12:00:00.5+02:00', '2031-01-01 00:00'])(
  '[AC12] %s is a moment',
  (text) => expect(readTime(text, NOW).getTime()).toBe(Date.parse(text)),
);

test.each([
  '',
  '7',
  'd',
  '-1h',
  '1y',
  '1.5h',
  'tomorrow',
  '2029-12-31',
  '0s',
  '2030-13-01',
  '99999999d',
])('[AC12] “%s” is refused', (text) => expect(() => readTime(text, NOW)).toThrow(GridError));
