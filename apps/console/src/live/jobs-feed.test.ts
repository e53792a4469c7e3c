import type { JobView } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { jobView } from '../fixture/scene.ts';
import { JobsFeed } from './jobs-feed.ts';

/** A grid that answers as the coordinator does, and remembers what it was asked. */
function feedOver(jobs: JobView[]) {
  const clock = { now: 100_000 };
  const sent: number[] = [];
  const feed = new JobsFeed(
    async ({ endedSince = 0 }) => {
      const answer = jobs.filter(({ endedAt = Infinity }) => endedAt >= endedSince);
      sent.push(answer.length);
      return answer;
    },
    () => clock.now,
  );
  const next = async () => (await feed.next()).map(({ name, state }) => `${name} ${state}`).sort();
  return { clock, sent, next };
}

const ended = (n: number, endedAt: number) =>
  jobView(n, 0, { name: `${n}`, state: 'done', endedAt });

test('[UI226] jobs that ended are sent once, and one that ends is seen to', async () => {
  const jobs = [ended(1, 10_000), ended(2, 50_000), jobView(3, 0, { name: '3' })];
  const { sent, next } = feedOver(jobs);
  expect(await next()).toEqual(['1 done', '2 done', '3 running']);
  expect(await next()).toEqual(['1 done', '2 done', '3 running']);
  jobs[2] = ended(3, 60_000);
  jobs.push(jobView(4, 0, { name: '4' }));
  expect(await next()).toEqual(['1 done', '2 done', '3 done', '4 running']);
  expect(sent).toEqual([3, 2, 3]);
});

test('[UI226] what the grid has forgotten goes: at once if it was open, within a minute if not', async () => {
  const jobs = [ended(1, 10_000), ended(2, 50_000), jobView(3, 0, { name: '3' })];
  const { clock, next } = feedOver(jobs);
  await next();
  jobs.splice(0, 1);
  jobs.splice(1, 1);
  expect(await next()).toEqual(['1 done', '2 done']);
  clock.now += 60_000;
  expect(await next()).toEqual(['2 done']);
});
