import { expect, test } from 'vitest';
import { QUORUM_2, TestGrid, testShard, testSpec } from './test-grid.ts';

test('[CO200] [CO202] a job tells how long its tasks took and waited, and what it cost', () => {
  const grid = new TestGrid();
  const sessions = [grid.join(1).session, grid.join(2).session];
  grid.submit(1, testSpec({ tasks: 20, quorum: QUORUM_2 }));
  expect(grid.view().times).toBeUndefined();
  while (grid.view().state === 'running') {
    for (const session of sessions) {
      const [held] = grid.heldBy(session);
      if (held) grid.report(held, { msPerTask: 50 });
    }
  }
  const { times, cost, busyMs } = grid.view();
  for (const ms of Object.values(times?.computing ?? {})) expect(ms).toBeCloseTo(50, -1);
  expect(times?.waiting.p99).toBeGreaterThanOrEqual(times?.waiting.p50 ?? 1);
  expect(cost).toMatchObject({ executions: 40, decided: 20 });
  expect(busyMs).toBe(40 * 50);
  // The module is given to each of the two once; each square is one byte to three, and is sent twice.
  expect(cost?.givenBytes).toBe(200);
  expect(cost?.resultBytes).toBeGreaterThan(40);
});

test('[CO202] a chunk is moved once to each volunteer, however many bundles it is cut into', () => {
  const grid = new TestGrid();
  const { session } = grid.join(1);
  const chunk = { shard: testShard(7), bytes: 1_000, count: 40 };
  grid.submit(1, testSpec({ inputs: { kind: 'list', chunks: [chunk], open: false } }));
  let bundles = 0;
  for (; grid.view().state === 'running'; bundles++) grid.report(grid.first(session));
  expect(bundles).toBeGreaterThan(1);
  expect(grid.view().cost?.givenBytes).toBe(1_100);
});

test('[CO203] errors that differ in numbers only are one group, with one of them as its example', () => {
  const grid = new TestGrid();
  const sessions = [1, 2, 3].map((number) => grid.join(number).session);
  grid.submit(1, testSpec({ tasks: 2 }));
  for (let n = 0; grid.view().state === 'running'; n++) {
    const session = sessions[n % 3];
    const [held] = session === undefined ? [] : grid.heldBy(session);
    if (held) grid.fail(held, held.from, 'task-threw', `row ${held.from} of ${n} is no number`);
    else grid.pass(1_000, sessions);
  }
  const { errors } = grid.view();
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({ code: 'task-threw', message: 'row 0 of 0 is no number' });
  expect(errors[0]?.count).toBeGreaterThan(1);
  expect(errors[0]?.example?.index).toBe(0);
  expect(errors[0]?.example?.volunteer).toMatch(/^v/);
});

test('[CO202] after a restart the cost is that since then, and executions are told beside the tasks they were for', () => {
  const grid = new TestGrid();
  const { session } = grid.join(1);
  grid.submit(1, testSpec({ tasks: 10 }));
  grid.report(grid.first(session));
  const { final } = grid.view().tasks;
  expect(final).toBeGreaterThan(0);
  const next = new TestGrid({}, { epoch: 2, journal: grid.records });
  expect(next.view().cost).toMatchObject({ executions: 0, decided: 0 });
  next.join(1);
  next.run();
  expect(next.view().cost).toMatchObject({ executions: 10 - final, decided: 10 - final });
});
