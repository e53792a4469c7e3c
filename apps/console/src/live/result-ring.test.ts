import { TaskError } from 'manytabs';
import { expect, test } from 'vitest';
import { trustText } from '../pages/job/results-table.tsx';
import { RateHistory } from './history.ts';
import { ResultRing } from './result-ring.ts';

function push(ring: ResultRing, index: number, value: unknown): void {
  const trust = { votes: 2 };
  ring.push({ index, status: 'fulfilled', state: 'final', confidence: 0.99999, value, trust });
}

test('[UI19] the newest results are kept, newest first, and the older ones counted', () => {
  const ring = new ResultRing(3);
  for (let i = 0; i < 5; i++) push(ring, i, `v${i}`);
  expect([ring.count, ring.kept]).toEqual([5, 3]);
  expect([0, 1, 2, 3].map((n) => ring.newest(n)?.text)).toEqual([
    '"v4"',
    '"v3"',
    '"v2"',
    undefined,
  ]);
  expect(ring.newest(-1)).toBeUndefined();
});

test('[UI19] trust is told by votes and never as certainty', () => {
  const ring = new ResultRing();
  push(ring, 0, 1);
  const error = new TaskError('task-threw', 'bad\u202e', { index: 0, attempts: [], count: 1 });
  ring.push({ index: 1, status: 'rejected', state: 'failed', error, attempts: 2 });
  const [failed, fine] = [ring.newest(0), ring.newest(1)];
  expect(fine && trustText(fine)).toBe('2 agree, 99.999 % sure');
  expect(failed && trustText(failed)).toBe('');
  expect(failed?.text).toBe('task-threw: bad·');
});

test('[UI19] one result is rated where a tier accepted it, and not where nobody checked', () => {
  const ring = new ResultRing();
  const one = { status: 'fulfilled', state: 'final', confidence: 0.9991, value: 1 } as const;
  ring.push({ ...one, index: 0, trust: { votes: 1, tier: 'standard' } });
  ring.push({ ...one, index: 1, trust: { votes: 1, tier: 'none' } });
  const [unchecked, believed] = [ring.newest(0), ring.newest(1)];
  expect(believed && trustText(believed)).toBe('one result, 99.91 % sure');
  expect(unchecked && trustText(unchecked)).toBe('one result');
});

test('[UI22] a rate over any length of time stays a bounded list with both ends', () => {
  const history = new RateHistory(100);
  for (let at = 0; at <= 3_600_000; at += 250) history.add(at, at / 1_000);
  expect(history.points.length).toBeLessThan(100);
  expect(history.points.length).toBeGreaterThan(40);
  expect(history.points[0]?.at).toBe(0);
  expect(history.points.at(-1)?.at).toBeGreaterThan(3_500_000);
});
