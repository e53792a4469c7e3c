import { encodeFrame, type JobId, type JobSpec, must, type PeerId } from '@manytabs/protocol';
import { expect, test, vi } from 'vitest';
import { ServerGroup } from '../../../test/server-group.ts';
import { range } from '../../client/inputs.ts';
import { partsOf } from './part-spec.ts';

const LEAST = 50;
const TASKS = 400;

const task = (n: number, ctx: { index: number; seed: number; random(): number }) => [
  n,
  ctx.index,
  ctx.seed,
  ctx.random(),
];

/** Servers that know of each other, and a tab on each. */
async function serving(names: readonly string[], tabs = 1) {
  const group = new ServerGroup({ partTasksMin: LEAST });
  const servers = await Promise.all(names.map((name) => group.add(name)));
  for (const server of servers) server.serve();
  await vi.waitUntil(() =>
    servers.every((one) => one.servers.others().length === names.length - 1),
  );
  for (const { grid } of servers) for (let i = 0; i < tabs; i++) grid.donate();
  return servers;
}

function ownTasks(server: { grid: { host: { machine: { tasks(): { total: number } } } } }): number {
  return server.grid.host.machine.tasks().total;
}

test('[SU95] a job that is cut over three servers gives what it gives on one', async () => {
  const [alone] = await serving(['a']);
  const servers = await serving(['a', 'b', 'c']);
  const inputs = range(1_000, 1_000 + TASKS);
  const whole = await (await must(alone, 'one').grid.submitter()).map(inputs, task, { seed: 7 });
  for (const { grid } of servers) {
    const submitter = await grid.submitter();
    const job = submitter.map(inputs, task, { seed: 7 });
    expect(await job).toEqual(whole);
    expect(await job.ended()).toMatchObject({
      state: 'done',
      tasks: { total: TASKS, final: TASKS },
    });
  }
  const shares = servers.map(({ grid }) => grid.host.machine.jobIds().length);
  expect(shares).toEqual([3, 3, 3]);
});

test('[SU96] results go on behind any of them, and come in order, though they are of two servers', async () => {
  const [a, b] = await serving(['a', 'b']);
  const job = (await must(a, 'a').grid.submitter()).map(range(0, TASKS), (n) => n * 2);
  await job.ended();
  const other = (await must(b, 'b').grid.submitter()).job<number>(job.id);
  const seen: number[] = [];
  let after: number | number[] | undefined;
  while (seen.length < TASKS) {
    let left = 37;
    for await (const row of other.results({ after })) {
      seen.push(row.index);
      after = JSON.parse(JSON.stringify(row.cursor));
      if (--left === 0) break;
    }
  }
  expect([...seen].sort((x, y) => x - y)).toEqual([...Array(TASKS).keys()]);
  const ordered: number[] = [];
  for await (const { index } of other.results({ ordered: true })) ordered.push(index);
  expect(ordered).toEqual([...Array(TASKS).keys()]);
});

test('[SU97] a job takes its inputs from one that was cut, and sums it up on the grid', async () => {
  const [a] = await serving(['a', 'b']);
  const grid = await must(a, 'a').grid.submitter();
  const squares = grid.map(range(0, TASKS), (n) => n * n);
  const next = squares.map((value: number) => value + 1);
  const values = [...Array(TASKS).keys()].map((n) => n * n);
  expect(await next).toEqual(values.map((value) => value + 1));
  const sum = await squares.reduce((x: number, y: number) => x + y, undefined, { on: 'grid' });
  expect(sum).toBe(values.reduce((x, y) => x + y));
});

test('[SU98] what tasks write is in the folder of the job, at whichever server their part was', async () => {
  const servers = await serving(['a', 'b']);
  const [a, b] = await Promise.all(servers.map(({ grid }) => grid.submitter()));
  const job = must(a, 'a').map(range(0, 120), (n, ctx) => {
    ctx.files.write(`${n}.txt`, new TextEncoder().encode(`hello ${n}`));
    return n;
  });
  await job.ended();
  const names = async () => {
    const found: string[] = [];
    for await (const { path } of must(b, 'b').files.list(`/jobs/${job.id}/out`)) found.push(path);
    return found;
  };
  await vi.waitUntil(async () => (await names().catch(() => [])).length === 120, {
    timeout: 9_000,
  });
  for (const n of [1, 119]) {
    const bytes = await must(b, 'b').files.get(`/jobs/${job.id}/out/${n}.txt`);
    expect(new TextDecoder().decode(bytes)).toBe(`hello ${n}`);
  }
});

test('[CO244] people see one job: in the list, in its numbers, when it is paused and cancelled', async () => {
  const servers = await serving(['a', 'b'], 0);
  const [a, b] = servers;
  const grid = await must(a, 'a').grid.submitter();
  const job = grid.map(range(0, TASKS), () => 1, { quorum: 2 });
  await job.submitted;
  expect(servers.map(ownTasks)).toEqual([TASKS / 2, TASKS / 2]);
  for (const { grid } of servers) {
    const [view, ...more] = await (await grid.submitter()).jobs();
    expect(more).toEqual([]);
    expect(view).toMatchObject({ jobId: job.id, state: 'running', tasks: { waiting: TASKS } });
    // Servers tell each other twice a second.
    await vi.waitUntil(() => grid.host.status().jobs === 1, { timeout: 5_000 });
  }
  const { sentences } = await job.explain();
  expect(sentences.join()).toMatch(/Part 1 of 2: .*Part 2 of 2: /);
  expect(await job.story(TASKS - 1)).toEqual([]);
  expect(await job.belief(TASKS - 1)).toMatchObject({ index: TASKS - 1, state: 'waiting' });
  const states = () => servers.flatMap(({ grid }) => grid.host.machine.jobs().map((v) => v.state));
  const there = (await must(b, 'b').grid.submitter()).job(job.id);
  await there.pause();
  expect(states()).toEqual(['paused', 'paused']);
  await job.resume();
  expect(states()).toEqual(['running', 'running']);
  await there.cancel('enough');
  expect(states()).toEqual(['cancelled', 'cancelled']);
  expect(await job.ended()).toMatchObject({ state: 'cancelled', reason: 'enough' });
  await expect(job.cancel()).rejects.toMatchObject({ code: 'job-ended' });
});

test('[CO244] what tasks of a part say at another server is heard, and kept', async () => {
  const [a] = await serving(['a', 'b']);
  const grid = await must(a, 'a').grid.submitter();
  const heard = new Set<number>();
  const job = grid.map(range(0, TASKS), async (n, ctx) => {
    if (n % 100 === 99) ctx.log(`at ${n}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (n === 398) throw new Error('no luck');
    return n;
  });
  job.on('log', ({ index }) => heard.add(index));
  const { tasks, errors, state } = await job.ended();
  expect([state, tasks.failed, errors[0]?.count]).toEqual(['partial', 1, errors[0]?.count]);
  await vi.waitUntil(() => heard.size === 4, { timeout: 5_000 });
  expect((await job.logs()).map(({ index }) => index).sort((x, y) => x - y)).toEqual([
    99, 199, 299, 399,
  ]);
});

test('[CO245] a part whose job is never taken in is given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const group = new ServerGroup({ partTasksMin: LEAST });
  const { grid } = await group.add('a');
  const { host } = grid;
  const spec = { inputs: { kind: 'range', from: 0, to: 200 }, program: { files: [] } };
  const lead = 'jaaaaaaaaaaaaaaaaaaaa' as JobId;
  const [, part] = partsOf(lead, specOf(spec), [0, 100, 200]);
  const { jobId } = must(part, 'a part');
  const submitted = { type: 'job-submitted', at: host.now(), owner: 'ann' } as const;
  host.step({ ...submitted, jobId, spec: must(part, 'a part').spec });
  host.stage(jobId);
  expect(host.machine.job(jobId)?.state).toBe('running');
  await vi.advanceTimersByTimeAsync(61_000);
  expect(host.machine.job(jobId)?.state).toBe('cancelled');
  vi.useRealTimers();
});

test('[CO246] where a server takes no part of it a job stays whole', async () => {
  const servers = await serving(['a', 'b']);
  const [a, b] = servers;
  const { host } = must(b, 'b').grid;
  host.machine.refusal = () => ({ code: 'infeasible', message: 'not here' });
  const grid = await must(a, 'a').grid.submitter();
  const job = grid.map(range(0, TASKS), (n) => n);
  expect(await job).toEqual([...Array(TASKS).keys()]);
  expect(must(a, 'a').grid.host.machine.spec(job.id)?.part).toBe(undefined);
  expect(host.machine.jobs()).toEqual([]);
});

test('[CO247] a budget is cut as the job is, and a deadline holds for every part', () => {
  const spec = specOf({
    inputs: { kind: 'range', from: 0, to: 300 },
    budgetMs: 900,
    deadlineMs: 5,
  });
  const parts = partsOf('jaaaaaaaaaaaaaaaaaaaa' as JobId, spec, [0, 100, 300]);
  expect(parts.map(({ spec }) => [spec.budgetMs, spec.deadlineMs])).toEqual([
    [300, 5],
    [600, 5],
  ]);
});

test('[CO248] nobody but a server submits a part of a job', async () => {
  const [a] = await serving(['a', 'b'], 0);
  const { network, host } = must(a, 'a').grid;
  const link = await network.endpoint('liar' as PeerId).connect('coordinator' as PeerId);
  const heard: string[] = [];
  link.onMessage((_lane, frame) => heard.push(Buffer.from(frame).toString('latin1')));
  const spec = specOf({ inputs: { kind: 'range', from: 0, to: 300 } });
  const [own] = partsOf('jaaaaaaaaaaaaaaaaaaaa' as JobId, spec, [0, 100, 300]);
  const attach = { type: 'attach', token: 'admin', agent: 'liar' } as const;
  const submit = { type: 'submit', request: 1, ...must(own, 'a part') } as const;
  link.send('control', encodeFrame([attach]));
  link.send('control', encodeFrame([submit]));
  await vi.waitUntil(() => heard.some((text) => text.includes('Only servers cut jobs.')));
  expect(host.machine.jobIds()).toEqual([]);
});

test('[CO249] a server that dies leaves its part to another one, and whoever follows the job hears each row once', async () => {
  const servers = await serving(['a', 'b', 'c']);
  const [a, b] = servers;
  const grid = await must(a, 'a').grid.submitter();
  const job = grid.map(range(0, TASKS), async (n) => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return n * 3;
  });
  const seen: number[] = [];
  for await (const row of job.results()) {
    seen.push(row.status === 'fulfilled' ? row.value : -1);
    if (seen.length === 60) await must(b, 'b').die();
  }
  expect(seen.sort((x, y) => x - y)).toEqual([...Array(TASKS).keys()].map((n) => n * 3));
  expect(await job.ended()).toMatchObject({ state: 'done', tasks: { final: TASKS } });
});

function specOf(changes: object): JobSpec {
  const code = { shard: 'ab'.repeat(32), bytes: 100_000 };
  const program = {
    module: { kind: 'js', code, export: 'default' },
    ...{ args: Uint8Array.of(0xc0), files: [], rangeFrom: 0, seed: 1, timeoutMs: 60_000 },
    outputBytesMax: 1_000,
  };
  const quorum = {
    ...{ minQuorum: 1, targetResults: 1, maxErrorResults: 1 },
    ...{ maxTotalResults: 3, maxSuccessResults: 1 },
  };
  const rest = { name: 'a job', purpose: '', quorum, priority: 5 };
  return { ...rest, ...changes, program } as unknown as JobSpec;
}
