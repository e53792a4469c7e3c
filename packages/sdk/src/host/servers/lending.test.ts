import { expect, test } from 'vitest';
import { leastLoaded, shareToLend } from './lending.ts';

const load = (volunteers: number, needed: number) => ({
  ...{ volunteers, workers: volunteers, jobs: 1, running: 0, final: 0 },
  ...{ needed, isOpen: true },
});

test('[SV30] nothing is lent to a server that has nothing to hand out', () => {
  expect(shareToLend(load(10, 1), load(0, 0))).toBe(0);
});

test('[SV30] whoever has no work lends everybody', () => {
  expect(shareToLend(load(10, 0), load(10, 1))).toBe(1);
});

test('[SV30] where both have work, the one with more volunteers lends half of what it has more', () => {
  expect(shareToLend(load(10, 1), load(2, 1))).toBe(0.4);
  expect(shareToLend(load(2, 1), load(10, 1))).toBe(0);
  expect(shareToLend(load(5, 1), load(5, 1))).toBe(0);
});

test('[SV30] a quorum that is short of volunteers is filled', () => {
  expect(shareToLend(load(1, 2), load(1, 2))).toBe(1);
  expect(shareToLend(load(4, 1), load(3, 5))).toBe(0.5);
  expect(shareToLend(load(1, 1), load(0, 9))).toBe(1);
});

test('[SV31] a new job goes where the fewest jobs are for each worker, the nearest first', () => {
  expect(leastLoaded([{ jobs: 0, workers: 0 }])).toBe(0);
  expect(
    leastLoaded([
      { jobs: 1, workers: 4 },
      { jobs: 1, workers: 4 },
    ]),
  ).toBe(0);
  expect(
    leastLoaded([
      { jobs: 1, workers: 4 },
      { jobs: 0, workers: 4 },
    ]),
  ).toBe(1);
  expect(
    leastLoaded([
      { jobs: 1, workers: 8 },
      { jobs: 0, workers: 1 },
    ]),
  ).toBe(0);
});
