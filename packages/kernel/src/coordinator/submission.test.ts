import { jobId, LIMITS } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { QUORUM_1, sent, TestGrid, testJobId, testShard, testSpec } from './test-grid.ts';

const chunk = (number: number, count: number) => ({ shard: testShard(number), bytes: 50, count });
const list = (chunks: ReturnType<typeof chunk>[], open = false) => {
  return { kind: 'list', chunks, open } as const;
};

function extend(grid: TestGrid, next: ReturnType<typeof chunk> | undefined, last: boolean) {
  const id = testJobId(1);
  return grid.step({ type: 'job-extended', at: grid.at, jobId: id, chunk: next, last });
}

describe('a submission', () => {
  test('[SU30] of one task leaves for a free worker in the same step', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    const effects = grid.submit(1, testSpec({ tasks: 1 }));
    const record = { type: 'job-submitted', at: 1_000, jobId: testJobId(1), owner: 'ann' };
    expect(effects).toMatchObject([
      { type: 'append', record },
      { type: 'send-shard', to: session, shard: testShard(1) },
      {
        type: 'send',
        to: session,
        message: { type: 'job', jobId: testJobId(1), submitter: 'ann' },
      },
      {
        type: 'send',
        to: session,
        message: { type: 'assign', from: 0, to: 1, expiresInMs: 90_000 },
      },
    ]);
    expect(effects).toHaveLength(4);
  });

  test('[SU31] that is repeated makes no second job', () => {
    const grid = new TestGrid();
    grid.submit(1, testSpec({ tasks: 2 }));
    expect(grid.submit(1, testSpec({ tasks: 2 }))).toEqual([]);
    grid.join(1, 2);
    grid.run();
    expect(grid.submit(1, testSpec({ tasks: 2 }))).toEqual([]);
    expect(grid.recordsOf('tasks-final')).toHaveLength(2);
  });

  test('[SU32] of a million million tasks costs nothing and starts at once', () => {
    const grid = new TestGrid();
    grid.join(1);
    const effects = grid.submit(1, testSpec({ tasks: 1e12 }));
    expect(sent(effects, 'assign')).toMatchObject([{ from: 0, to: 1 }]);
    expect(grid.view().tasks).toMatchObject({ total: 1e12, waiting: 1e12 - 1, running: 1 });
  });

  test('[SU33] of an open list runs what it has and ends after its last chunk', () => {
    const grid = new TestGrid();
    grid.join(1, 4);
    grid.submit(1, testSpec({ inputs: list([chunk(20, 2)], true) }));
    grid.run();
    expect(grid.view()).toMatchObject({
      state: 'running',
      open: true,
      tasks: { total: 2, final: 2 },
    });
    const effects = extend(grid, chunk(21, 1), false);
    expect(sent(effects, 'assign')).toMatchObject([
      { from: 2, to: 3, chunk: { shard: testShard(21), bytes: 50 }, chunkFrom: 2 },
    ]);
    grid.run();
    expect(grid.view().state).toBe('running');
    extend(grid, undefined, true);
    expect(grid.view()).toMatchObject({
      state: 'done',
      open: false,
      tasks: { total: 3, final: 3 },
    });
  });
});

describe('[SU34] an order that cannot be followed is refused and changes nothing:', () => {
  const submitted = (tasks: number, number = 1) => {
    const spec = testSpec({ tasks });
    return {
      type: 'job-submitted',
      at: 1_000,
      jobId: testJobId(number),
      owner: 'ann',
      spec,
    } as const;
  };

  test.each([
    ['an empty range', 0, 'input-empty'],
    ['a reversed range', -5, 'input-empty'],
    ['too long a range', LIMITS.TASKS_PER_JOB_MAX + 1, 'input-invalid'],
  ])('%s', (_, tasks, code) => {
    const grid = new TestGrid();
    expect(grid.machine.refusal(submitted(tasks))).toMatchObject({ code });
    expect(grid.step(submitted(tasks))).toEqual([]);
    expect(grid.machine.jobs()).toEqual([]);
  });

  test('one job more than there may be', () => {
    const grid = new TestGrid({ jobsMax: 1 });
    grid.step(submitted(5));
    expect(grid.machine.refusal(submitted(5, 2))).toMatchObject({ code: 'quota-exceeded' });
    expect(grid.step(submitted(5, 2))).toEqual([]);
  });

  test('control of a job that is unknown or has ended', () => {
    const grid = new TestGrid();
    const cancel = (number: number) =>
      ({
        type: 'job-controlled',
        at: grid.at,
        jobId: number === 0 ? jobId(new Uint8Array(13)) : testJobId(number),
        action: 'cancel',
        reason: '',
      }) as const;
    grid.submit(1);
    grid.control(1, 'cancel');
    expect(grid.machine.refusal(cancel(0))).toMatchObject({ code: 'job-unknown' });
    expect(grid.machine.refusal(cancel(1))).toMatchObject({ code: 'job-ended' });
    expect(grid.step(cancel(0))).toEqual([]);
    expect(grid.step(cancel(1))).toEqual([]);
  });

  test('more inputs for a job whose inputs are complete', () => {
    const grid = new TestGrid();
    grid.submit(1, testSpec({ inputs: list([chunk(20, 2)]) }));
    expect(extend(grid, chunk(21, 1), false)).toEqual([]);
    expect(grid.view().tasks.total).toBe(2);
  });
});

describe('a job', () => {
  test('[SU35] that is paused keeps its leases and hands out nothing until it is resumed', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    grid.submit(1, testSpec({ tasks: 10 }));
    expect(grid.control(1, 'pause')).toMatchObject([
      { type: 'append', record: { type: 'job-state', state: 'paused', reason: 'asked' } },
    ]);
    const effects = grid.report(grid.first(session));
    expect(effects).toMatchObject([{ type: 'append', record: { type: 'tasks-final' } }]);
    expect(effects).toHaveLength(1);
    expect(sent(grid.control(1, 'resume'), 'assign').length).toBeGreaterThan(0);
    grid.run();
    expect(grid.view().state).toBe('done');
  });

  test('[SU36] that is cancelled revokes its leases and is closed for all who knew of it', () => {
    const grid = new TestGrid();
    const first = grid.join(1, 2).session;
    const second = grid.join(2).session;
    grid.submit(1, testSpec({ tasks: 10 }));
    const leases = (session: typeof first) => grid.heldBy(session).map(({ lease }) => lease);
    const [ofFirst, ofSecond] = [leases(first), leases(second)];
    const jobClosed = { type: 'job-closed', jobId: testJobId(1) };
    expect(grid.control(1, 'cancel')).toMatchObject([
      { type: 'append', record: { type: 'job-state', state: 'cancelled', reason: 'asked' } },
      { type: 'send', to: first, message: { type: 'revoke', leases: ofFirst } },
      { type: 'send', to: second, message: { type: 'revoke', leases: ofSecond } },
      { type: 'send', to: first, message: jobClosed },
      { type: 'send', to: second, message: jobClosed },
    ]);
    expect(grid.view()).toMatchObject({
      state: 'cancelled',
      endedAt: 1_000,
      tasks: { waiting: 10 },
    });
  });

  test.each([
    ['done', [] as number[]],
    ['partial', [1]],
    ['failed', [0, 1, 2]],
  ])('[SU37] ends as %s when tasks %j fail', (state, failing) => {
    const grid = new TestGrid();
    grid.join(1, 3);
    grid.submit(1, testSpec({ tasks: 3, quorum: { ...QUORUM_1, maxErrorResults: 0 } }));
    for (const held of [...grid.held.values()]) {
      if (failing.includes(held.from)) grid.fail(held, held.from);
      else grid.report(held);
    }
    expect(grid.view()).toMatchObject({
      state,
      tasks: { final: 3 - failing.length, failed: failing.length },
    });
    expect(grid.recordsOf('job-state')).toMatchObject([{ state }]);
  });

  test('[SU38] that ended is remembered until newer ones take its place', () => {
    const grid = new TestGrid({ endedJobsMax: 2 });
    for (const number of [1, 2, 3]) {
      grid.submit(number, testSpec({ name: `job ${number}` }));
      grid.control(number, 'cancel');
    }
    expect(grid.machine.jobs().map(({ name }) => name)).toEqual(['job 2', 'job 3']);
    expect(grid.machine.spec(testJobId(1))).toBeUndefined();
    expect(grid.machine.spec(testJobId(3))?.name).toBe('job 3');
  });
});
