import { GridError, must } from '@manytabs/protocol';
import { expect, test, vi } from 'vitest';
import { ServerGroup } from '../../test/server-group.ts';
import { range } from '../client/inputs.ts';

const MOST = 3;

async function serving(names: readonly string[]) {
  const group = new ServerGroup({ partTasksMin: 50, quota: { jobs: MOST } });
  const servers = await Promise.all(names.map((name) => group.add(name)));
  for (const server of servers) server.serve();
  await vi.waitUntil(() =>
    servers.every((one) => one.servers.others().length === names.length - 1),
  );
  return servers;
}

const isRefused = (thrown: unknown) =>
  thrown instanceof GridError && thrown.code === 'quota-exceeded';

test('[AC30] a token has as many jobs at a time as its quota says, over all servers', async () => {
  const servers = await serving(['a', 'b']);
  const grids = await Promise.all(servers.map(({ grid }) => grid.submitter('user-ann')));
  // One of them is large, and so at both servers: it counts once.
  const jobs = Array.from({ length: 10 }, (_, i) =>
    must(grids[i % 2], 'a grid').map(range(0, i === 0 ? 200 : 1), () => 1),
  );
  const ends = await Promise.allSettled(jobs.map((job) => job.submitted));
  const refused = ends.filter((end) => end.status === 'rejected');
  expect(refused.map(({ reason }) => isRefused(reason))).toEqual(Array(10 - MOST).fill(true));
  const live = servers.flatMap(({ grid }) => grid.host.machine.liveJobs('user-ann'));
  expect(live).toHaveLength(MOST);
  // Another token has its own.
  const other = await must(servers[1], 'b').grid.submitter('user-ben');
  await other.map(range(0, 1), () => 1).submitted;
});

test('[AC31] what has ended counts no more, wherever it ran, also where its server has died', async () => {
  const [a, b] = await serving(['a', 'b']);
  const [one, two] = [must(a, 'a'), must(b, 'b')];
  const grid = await one.grid.submitter('user-ann');
  const elsewhere = await two.grid.submitter('user-ann');
  const jobs = [grid, elsewhere, elsewhere].map((from) => from.map(range(0, 1), () => 1));
  for (const job of jobs) await job.submitted;
  const again = () => grid.map(range(0, 1), () => 1).submitted;
  await expect(again()).rejects.toMatchObject({ code: 'quota-exceeded' });
  await must(jobs[2], 'the third').cancel();
  await again();
  await expect(again()).rejects.toMatchObject({ code: 'quota-exceeded' });
  await two.die();
  await vi.waitUntil(() => one.grid.host.machine.liveJobs('user-ann').length === MOST);
  await expect(again()).rejects.toMatchObject({ code: 'quota-exceeded' });
  const [oldest] = one.grid.host.machine.liveJobs('user-ann');
  await grid.job(must(oldest, 'a job')).cancel();
  await again();
});

test('[AC30] two links of one server that submit in the same moment count together', async () => {
  const [a] = await serving(['a']);
  const links = await Promise.all(
    [1, 2, 3, 4, 5].map(() => must(a, 'a').grid.submitter('user-ann')),
  );
  const jobs = links.map((grid) => grid.map(range(0, 1), () => 1));
  const ends = await Promise.allSettled(jobs.map((job) => job.submitted));
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(MOST);
});
