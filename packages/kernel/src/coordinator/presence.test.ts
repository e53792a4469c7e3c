import { LIMITS, type PeerId, sessionId } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import {
  QUORUM_2,
  sent,
  TestGrid,
  testJobId,
  testShard,
  testSpec,
  testVolunteerId,
} from './test-grid.ts';

describe('a volunteer', () => {
  test('[CO2] is suspect after SUSPECT_MS of silence, gets nothing, and is back with its next word', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    grid.pass(LIMITS.SUSPECT_MS + 250);
    expect(grid.machine.nodes()).toMatchObject([{ state: 'suspect' }]);
    expect(grid.machine.totals().workers).toBe(0);
    expect(sent(grid.submit(1), 'assign')).toEqual([]);
    expect(sent(grid.heartbeat(session), 'assign')).toHaveLength(1);
    expect(grid.machine.nodes()).toMatchObject([{ state: 'computing' }]);
  });

  test('[CO3] is closed after DEAD_MS, and what it held goes to others', () => {
    const grid = new TestGrid();
    const silent = grid.join(1).session;
    grid.submit(1, testSpec({ tasks: 1 }));
    const other = grid.join(2).session;
    const effects = grid.pass(LIMITS.DEAD_MS + 250, [other]);
    const close = { type: 'close', session: silent, code: 'timeout' };
    expect(effects.filter(({ type }) => type === 'close')).toMatchObject([close]);
    expect(grid.heldBy(other)).toHaveLength(1);
    expect(
      grid.say(silent, { type: 'heartbeat', workers: 1, accepting: true, running: 0 }),
    ).toEqual([]);
  });

  test('[CO4] that joins again takes over from its old link', () => {
    const grid = new TestGrid();
    const old = grid.join(1).session;
    grid.submit(1, testSpec({ tasks: 1 }));
    const { session, effects } = grid.join(1);
    expect(effects[0]).toMatchObject({ type: 'close', session: old, code: 'identity-in-use' });
    expect(sent(effects, 'assign')).toMatchObject([{ session, from: 0 }]);
    expect(grid.machine.nodes()).toHaveLength(1);
    expect(grid.leave(old)).toEqual([]);
    expect(grid.machine.nodes()).toHaveLength(1);
  });

  test('[CO5] that is one too many is closed', () => {
    const grid = new TestGrid({ volunteersMax: 1 });
    grid.join(1);
    const { session, effects } = grid.join(2);
    expect(effects).toMatchObject([{ type: 'close', session, code: 'too-many-peers' }]);
    expect(grid.machine.totals().volunteers).toBe(1);
  });

  test('[CO2] that accepts nothing gets nothing, and keeps what it has', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    grid.submit(1, testSpec({ tasks: 10 }));
    grid.heartbeat(session, 1, false);
    expect(grid.machine.nodes()).toMatchObject([{ state: 'paused', running: 1 }]);
    expect(sent(grid.report(grid.first(session)), 'assign')).toEqual([]);
    expect(sent(grid.heartbeat(session, 1, true), 'assign').length).toBeGreaterThan(0);
  });
});

test('[CO6] the machine asks to be woken after now, and for nothing while nobody is here', () => {
  const grid = new TestGrid();
  expect(grid.machine.wakeAt()).toBeUndefined();
  const { session } = grid.join(1);
  grid.submit(1);
  const wakeAt = grid.machine.wakeAt() ?? 0;
  expect(wakeAt).toBeGreaterThan(grid.at);
  expect(wakeAt).toBeLessThanOrEqual(grid.at + LIMITS.SUSPECT_MS + 250);
  grid.leave(session);
  expect(grid.machine.wakeAt()).toBeUndefined();
});

test('[CO8] the same events give the same effects', () => {
  const play = () => {
    const grid = new TestGrid();
    for (let i = 0; i < 4; i++) grid.join(i, 2);
    grid.submit(1, testSpec({ tasks: 3_000, quorum: QUORUM_2 }));
    const log: unknown[] = [];
    for (let i = 0; i < 60 && grid.held.size > 0; i++) {
      for (const held of [...grid.held.values()]) {
        if (grid.held.has(held.lease)) log.push(...grid.report(held, { msPerTask: 0.1 }));
      }
    }
    return JSON.stringify(log);
  };
  expect(play()).toBe(play());
});

describe('what a volunteer says', () => {
  test('[CO9] of its own task is logged, and of nothing else; a flood is cut', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    grid.submit(1, testSpec({ tasks: 10 }));
    const { lease, from } = grid.first(session);
    const say = (index: number) => grid.say(session, { type: 'log', lease, index, text: 'hello' });
    const row = { index: from, volunteer: testVolunteerId(1), text: 'hello' };
    expect(say(from)).toEqual([{ type: 'log', jobId: testJobId(1), ...row }]);
    expect(grid.machine.logs(testJobId(1))).toEqual([{ at: 1_000, ...row }]);
    expect(say(from + 1)).toEqual([]);
    for (let i = 0; i < 1_000; i++) say(from);
    expect(grid.machine.logs(testJobId(1)).length).toBe(200);
  });

  test('[CO14] in bytes that are no results closes its link, and nobody else notices', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    grid.submit(1, testSpec({ tasks: 5 }));
    const { lease, from } = grid.first(session);
    const values = new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff]);
    const effects = grid.say(session, { type: 'results', lease, from, values, busyMs: 1 });
    expect(effects).toMatchObject([{ type: 'close', session, code: 'frame-malformed' }]);
    grid.held.clear();
    grid.join(2, 5);
    grid.run();
    expect(grid.view()).toMatchObject({ state: 'done', tasks: { final: 5 } });
  });

  test('[CO14] in a result over the size its job allows closes its link', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    grid.submit(1);
    const effects = grid.report(grid.first(session), { resultOf: () => 'x'.repeat(2_000) });
    expect(effects).toMatchObject([{ type: 'close', session, code: 'frame-unexpected' }]);
  });

  test('[CO14] about computing time is cut to the time that went by', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    grid.submit(1, testSpec({ tasks: 2 }));
    const { lease, from } = grid.first(session);
    grid.at += 10;
    const values = new Uint8Array([1]);
    grid.say(session, { type: 'results', lease, from, values, busyMs: Number.MAX_SAFE_INTEGER });
    expect(grid.view().busyMs).toBe(10);
  });

  test('[CO14] without having joined is not heard', () => {
    const grid = new TestGrid();
    expect(grid.heartbeat(sessionId(99))).toEqual([]);
  });
});

test('[CO10] shards too large to travel along are copied to tabs, and found there', () => {
  const grid = new TestGrid();
  const shard = testShard(20);
  const [first, second] = [grid.join(1).session, grid.join(2).session];
  const chunks = [{ shard, bytes: LIMITS.SHARD_BYTES, count: 1 }];
  const effects = grid.submit(1, testSpec({ inputs: { kind: 'list', chunks, open: false } }));
  const asked = sent(effects, 'replicate');
  expect(asked[0]).toMatchObject({ shard, bytes: LIMITS.SHARD_BYTES, peers: [] });
  asked.push(...sent(grid.say(first, { type: 'held', added: [shard], dropped: [] }), 'replicate'));
  expect(asked.map(({ session }) => session).sort()).toEqual([first, second]);
  const peers = ['peer-1' as PeerId];
  expect(grid.say(second, { type: 'locate', shard })).toEqual([
    { type: 'send', to: second, message: { type: 'holders', shard, peers } },
  ]);
  expect(grid.machine.nodes()).toMatchObject([{ shards: 1, shardBytes: LIMITS.SHARD_BYTES }, {}]);
  grid.run();
  expect(grid.view().state).toBe('done');
});

test('[CO10] small shards of a running job are neither copied nor ordered away', () => {
  const grid = new TestGrid();
  const { session } = grid.join(1);
  const effects = grid.submit(1);
  expect(sent(effects, 'replicate')).toEqual([]);
  expect(grid.say(session, { type: 'held', added: [testShard(1)], dropped: [] })).toEqual([]);
});
