import { LIMITS } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { QUORUM_1, QUORUM_2, sent, TestGrid, testJobId, testShard, testSpec } from './test-grid.ts';

describe('handing out', () => {
  test('[SC1] tells a volunteer of a job once, and pushes a small shard once', () => {
    const grid = new TestGrid();
    const chunks = [20, 21].map((n) => ({ shard: testShard(n), bytes: 50, count: 1 }));
    const { session } = grid.join(1);
    const inputs = { kind: 'list', chunks, open: false } as const;
    const first = grid.submit(1, testSpec({ inputs }));
    expect(first.slice(1).map((effect) => effect.type)).toEqual([
      'send-shard',
      'send',
      'send-shard',
      'send',
    ]);
    const second = grid.report(grid.first(session));
    expect(second).toMatchObject([
      { type: 'append' },
      { type: 'send-shard', shard: testShard(21) },
      { type: 'send', message: { type: 'assign', chunkFrom: 1 } },
    ]);
  });

  test('[SC1] pushes no shard that the volunteer reported, and none that is large', () => {
    const grid = new TestGrid();
    const chunks = [{ shard: testShard(20), bytes: LIMITS.INLINE_SHARD_BYTES + 1, count: 1 }];
    grid.submit(1, testSpec({ inputs: { kind: 'list', chunks, open: false } }));
    grid.control(1, 'pause');
    const { session } = grid.join(1);
    grid.say(session, { type: 'held', added: [testShard(1)], dropped: [] });
    const effects = grid.control(1, 'resume');
    expect(effects.filter(({ type }) => type === 'send-shard')).toEqual([]);
    expect(sent(effects, 'assign')).toHaveLength(1);
  });

  test('[SH11] pushes a small shard again to who dropped it, and to nobody else', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    const pushes = (job: number) =>
      grid.submit(job, testSpec({ tasks: 1 })).filter(({ type }) => type === 'send-shard').length;
    expect(pushes(1)).toBe(1);
    grid.report(grid.first(session));
    expect(pushes(2)).toBe(0);
    grid.report(grid.first(session));
    grid.say(session, { type: 'held', added: [], dropped: [testShard(1)] });
    expect(pushes(3)).toBe(1);
  });

  test('[SC2] begins with one task a worker and grows with what comes back', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    grid.submit(1, testSpec({ tasks: 1e6 }));
    const sizes: number[] = [];
    for (let trip = 0; trip < 7; trip++) {
      for (const held of grid.heldBy(session)) {
        sizes.push(held.to - held.from);
        grid.report(held, { msPerTask: 0 });
      }
    }
    expect(sizes[0]).toBe(1);
    expect(Math.max(...sizes)).toBe(LIMITS.BUNDLE_TASKS_MAX);
    for (let i = 1; i < sizes.length; i++) {
      expect(sizes[i]).toBeLessThanOrEqual(4 * Math.max(...sizes.slice(0, i)));
    }
  });

  test('[SC4] crosses neither a page nor an input chunk', () => {
    const grid = new TestGrid();
    const counts = [3, 5_000, 10, 4_000];
    const chunks = counts.map((count, i) => ({ shard: testShard(20 + i), bytes: 50, count }));
    const starts = [0, 3, 5_003, 5_013];
    grid.join(1, 2);
    grid.submit(1, testSpec({ inputs: { kind: 'list', chunks, open: false } }));
    while (grid.held.size > 0) {
      for (const held of [...grid.held.values()]) {
        const chunk = starts.findLastIndex((start) => start <= held.from);
        expect(held).toMatchObject({
          chunkFrom: starts[chunk],
          chunk: { shard: testShard(20 + chunk) },
        });
        expect(held.to).toBeLessThanOrEqual((starts[chunk] ?? 0) + (counts[chunk] ?? 0));
        expect(Math.floor(held.from / 4_096)).toBe(Math.floor((held.to - 1) / 4_096));
        grid.report(held, { msPerTask: 0 });
      }
    }
    expect(grid.view()).toMatchObject({ state: 'done', tasks: { final: 9_013 } });
  });

  test('[SC5] keeps a bundle in store for each worker', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1, 2);
    grid.submit(1, testSpec({ tasks: 1_000 }));
    expect(grid.heldBy(session)).toHaveLength(2);
    for (let i = 0; i < 4; i++) grid.report(grid.first(session), { msPerTask: 100 });
    expect(grid.heldBy(session)).toHaveLength(4);
  });

  test('[SC6] gives a job twice the work of one a step of priority lower', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    grid.submit(1, testSpec({ tasks: 1e5, priority: 4 }));
    grid.submit(2, testSpec({ tasks: 1e5, priority: 5 }));
    for (let i = 0; i < 200; i++) grid.report(grid.first(session), { msPerTask: 100 });
    const ratio = grid.view(2).tasks.final / grid.view(1).tasks.final;
    expect(ratio).toBeGreaterThan(1.8);
    expect(ratio).toBeLessThan(2.2);
  });

  test('[SC7] leaves nobody idle while any job has something for them', () => {
    const grid = new TestGrid();
    const first = grid.join(1).session;
    const second = grid.join(2).session;
    grid.submit(1, testSpec({ tasks: 1, quorum: QUORUM_1 }));
    grid.submit(2, testSpec({ tasks: 1, quorum: QUORUM_2, priority: 0 }));
    expect(grid.heldBy(second)).toMatchObject([{ jobId: testJobId(2) }]);
    grid.report(grid.first(first));
    expect(grid.heldBy(first)).toMatchObject([{ jobId: testJobId(2) }]);
  });

  test('[SC20] a job that comes when all workers are busy with another has a task at each at once', () => {
    const grid = new TestGrid();
    const sessions = [1, 2, 3].map((number) => grid.join(number).session);
    grid.submit(1, testSpec({ tasks: 1e5, quorum: QUORUM_1 }));
    for (let i = 0; i < 30; i++) {
      for (const session of sessions) grid.report(grid.first(session), { msPerTask: 100 });
    }
    grid.submit(2, testSpec({ tasks: 4, quorum: QUORUM_1 }));
    const short = () =>
      sessions.flatMap((session) =>
        grid.heldBy(session).filter(({ jobId }) => jobId === testJobId(2)),
      );
    expect(short()).toHaveLength(0);
    for (const session of sessions) grid.heartbeat(session);
    expect(short().map(({ session }) => session)).toEqual(sessions);
    // One more than two, and no second one: it could start elsewhere.
    for (const session of sessions) grid.heartbeat(session);
    expect(sessions.map((session) => grid.heldBy(session).length)).toEqual([3, 3, 3]);
    for (const held of short()) grid.report(held);
    for (const held of short()) grid.report(held);
    expect(grid.view(2).state).toBe('done');
    expect(grid.view(1).state).toBe('running');
  });

  test('[SC8] takes what was lost before what is fresh', () => {
    const grid = new TestGrid();
    const first = grid.join(1).session;
    const second = grid.join(2).session;
    grid.submit(1, testSpec({ tasks: 100 }));
    const lost = grid.first(first);
    grid.leave(first);
    expect(sent(grid.report(grid.first(second)), 'assign')[0]).toMatchObject({ from: lost.from });
  });

  test('[SC9] holds fresh tasks back while too much waits for other volunteers', () => {
    const grid = new TestGrid({ replicaSpansMax: 4 });
    grid.join(1);
    grid.submit(1, testSpec({ tasks: 1e6, quorum: QUORUM_2 }));
    grid.run();
    const { provisional, waiting } = grid.view().tasks;
    expect(provisional).toBeGreaterThan(0);
    expect(waiting).toBeGreaterThan(900_000);
    expect(grid.machine.explain(testJobId(1))?.sentences.join(' ')).toContain('Fresh tasks wait');
    grid.join(2);
    grid.run();
    expect(grid.view().state).toBe('done');
  });

  test('[SC9] holds fresh tasks back while too many bytes wait for votes', () => {
    const grid = new TestGrid({ pendingBytesMax: 1_000 });
    grid.join(1);
    const program = { ...testSpec().program, outputBytesMax: 1_000 };
    grid.submit(1, testSpec({ tasks: 1_000, quorum: QUORUM_2, program }));
    grid.run(() => 'x'.repeat(500));
    expect(grid.view().tasks).toMatchObject({ final: 0 });
    expect(grid.view().tasks.provisional).toBeLessThan(100);
  });

  test('[SC13] isolates a task that kills its tab', () => {
    const grid = new TestGrid();
    const poison = 700;
    let number = 0;
    grid.submit(1, testSpec({ tasks: 2_000 }));
    for (let round = 0; round < 500 && grid.view().state === 'running'; round++) {
      if (grid.machine.totals().volunteers === 0) grid.join(number++);
      for (const held of [...grid.held.values()]) {
        if (!grid.held.has(held.lease)) continue;
        if (held.from <= poison && poison < held.to) grid.leave(held.session);
        else grid.report(held, { msPerTask: 0.01 });
      }
    }
    expect(grid.view()).toMatchObject({ state: 'partial', tasks: { final: 1_999, failed: 1 } });
    expect(grid.recordsOf('task-failed')).toMatchObject([
      { index: poison, code: 'task-crashed', attempts: QUORUM_1.maxTotalResults },
    ]);
  });

  test('[SC14] lets somebody wait who only gives back', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    grid.submit(1, testSpec({ tasks: 1 }));
    const giveBack = () => {
      const { lease } = grid.first(session);
      grid.held.delete(lease);
      const message = { type: 'leases-returned', leases: [lease], reason: 'full' } as const;
      return grid.say(session, { ...message, leases: [...message.leases] });
    };
    expect(sent(giveBack(), 'assign')).toHaveLength(1);
    expect(sent(giveBack(), 'assign')).toHaveLength(0);
    expect(sent(grid.pass(1_000, [session]), 'assign')).toHaveLength(1);
  });

  test('[SC14] lets somebody wait who fails at what others can do', () => {
    const grid = new TestGrid();
    const broken = grid.join(1).session;
    const sound = grid.join(2, 4).session;
    grid.submit(1, testSpec({ tasks: 4_000 }));
    for (let i = 0; i < 400; i++) {
      const held = grid.heldBy(broken)[0];
      if (held)
        for (let k = held.from; k < held.to; k++) grid.fail(held, k, 'task-crashed', 'no GPU');
      for (const other of grid.heldBy(sound)) grid.report(other, { msPerTask: 1 });
    }
    expect(grid.view()).toMatchObject({ state: 'done', tasks: { final: 4_000 } });
    const node = grid.machine.nodes().find(({ tasks }) => tasks === 0);
    expect(node?.errors).toBeLessThan(200);
  });

  test('[SC15] gives no more of a job to a volunteer that cannot run it', () => {
    const grid = new TestGrid();
    const first = grid.join(1).session;
    const second = grid.join(2).session;
    grid.submit(1, testSpec({ tasks: 10 }));
    const refuse = (session: typeof first) => {
      const jobId = testJobId(1);
      for (const { lease } of grid.heldBy(session)) grid.held.delete(lease);
      return grid.say(session, {
        type: 'job-refused',
        jobId,
        code: 'wasm-invalid',
        message: 'no SIMD',
      });
    };
    expect(sent(refuse(first), 'assign').filter((assign) => assign.session === first)).toEqual([]);
    expect(grid.view().state).toBe('running');
    refuse(second);
    expect(grid.view()).toMatchObject({ state: 'failed', reason: 'wasm-invalid: no SIMD' });
  });

  test('[SC15] does not end a job because tabs are unfit for any', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    grid.submit(1, testSpec({ tasks: 10 }));
    const jobId = testJobId(1);
    grid.say(session, { type: 'job-refused', jobId, code: 'sandbox-refused', message: 'leaks' });
    expect(grid.view().state).toBe('running');
    expect(grid.machine.explain(jobId)?.sentences.join(' ')).toContain(
      '1 volunteers cannot run it',
    );
  });
});
