import type { JobView } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { jobView } from '../fixture/scene.ts';
import { JobsFeed } from './jobs-feed.ts';

/** A grid that answers as the coordinator does, and remembers how much it told. */
function feedOver(jobs: JobView[]) {
  const clock = { now: 100_000 };
  const sent: number[] = [];
  let told: readonly JobView[] = [];
  let newest = 0;
  const feed = new JobsFeed(
    async (asked) => {
      const answer = jobs.filter((job) => asked.feed !== newest || !told.includes(job));
      newest = asked.feed;
      told = [...jobs];
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

test('[UI226] [CO281] jobs are sent when they change, and one that ends is seen to', async () => {
  const jobs = [ended(1, 10_000), ended(2, 50_000), jobView(3, 0, { name: '3' })];
  const { sent, next } = feedOver(jobs);
  expect(await next()).toEqual(['1 done', '2 done', '3 running']);
  expect(await next()).toEqual(['1 done', '2 done', '3 running']);
  jobs[2] = ended(3, 60_000);
  jobs.push(jobView(4, 0, { name: '4' }));
  expect(await next()).toEqual(['1 done', '2 done', '3 done', '4 running']);
  expect(sent).toEqual([3, 0, 2]);
});

test('[UI226] what the grid has forgotten goes within a minute', async () => {
  const jobs = [ended(1, 10_000), ended(2, 50_000), jobView(3, 0, { name: '3' })];
  const { clock, next } = feedOver(jobs);
  await next();
  jobs.splice(0, 1);
  jobs.splice(1, 1);
  expect(await next()).toEqual(['1 done', '2 done', '3 running']);
  clock.now += 60_000;
  expect(await next()).toEqual(['2 done']);
});
