import type { AttemptRow, AttemptsPage, VolunteerId } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { AttemptsFeed } from './attempts-feed.ts';

function pages(count: number, perPage: number) {
  return async (place: number): Promise<AttemptsPage> => {
    const to = Math.min(count, place + perPage);
    const rows = Array.from({ length: to - place }, (_, i): AttemptRow => {
      const n = place + i;
      const times = { givenAt: n, startedAt: n, endedAt: n + 1 };
      const who = { volunteer: `v${n % 3}` as VolunteerId, from: n, to: n + 1 };
      return { ...who, ...times, outcome: 'reported', isSpeculative: false };
    });
    return { rows, next: to, isLast: to === count, isWhole: true };
  };
}

test('[UI232] attempts are read part by part, each once, and the newest are kept', async () => {
  const feed = new AttemptsFeed(pages(1_150, 100), 1_000);
  const first = await feed.next();
  expect(first.rows).toHaveLength(1_150);
  expect(first.isWhole).toBe(true);
  expect((await feed.next()).rows).toHaveLength(1_150);

  const many = await new AttemptsFeed(pages(5_000, 100), 1_000).next();
  expect(many.rows.length).toBeLessThanOrEqual(1_200);
  expect(many.rows.at(-1)?.from).toBe(4_999);
  expect(many.lanes.count).toBe(many.rows.length);
  expect(many.isWhole).toBe(false);
});
