import { expect, test } from 'vitest';
import { restMs } from './allowance.ts';
import { TestGrid, testShard, testSpec } from './test-grid.ts';

const backoff = { firstMs: 1_000, factor: 2, mostMs: 3_000 };

test('[CO110] a task that failed rests, longer each time, and is then handed out again', () => {
  expect([1, 2, 3, 9].map((failures) => restMs(backoff, failures))).toEqual([
    1_000, 2_000, 3_000, 3_000,
  ]);
  const grid = new TestGrid();
  grid.submit(1, testSpec({ tasks: 1, backoff }));
  const { session } = grid.join(1);
  grid.fail(grid.first(session), 0);
  grid.pass(900, [session]);
  expect(grid.heldBy(session)).toHaveLength(0);
  expect(grid.machine.explain(grid.view().jobId)?.sentences.join()).toContain('rest');
  grid.pass(400, [session]);
  grid.fail(grid.first(session), 0);
  grid.pass(1_900, [session]);
  expect(grid.heldBy(session)).toHaveLength(0);
  grid.pass(400, [session]);
  grid.report(grid.first(session));
  expect(grid.view().state).toBe('done');
});

test('[CO111] a deadline and a budget hold over a restart', () => {
  const grid = new TestGrid();
  grid.submit(1, testSpec({ tasks: 50_000, deadlineMs: 10_000, budgetMs: 2_000 }));
  const { session } = grid.join(1);
  grid.report(grid.first(session), { msPerTask: 500 });
  grid.report(grid.first(session), { msPerTask: 100 });
  const { busyMs } = grid.view();
  expect(busyMs).toBeGreaterThan(500);
  const again = new TestGrid({}, { epoch: 2, journal: grid.records });
  expect(again.view().busyMs).toBe(busyMs);
  again.at = 10_900;
  again.tick();
  expect(again.view().state).toBe('running');
  again.at = 11_300;
  again.tick();
  expect(again.view().state).toBe('partial');
  expect(again.view().reason).toContain('deadline-passed');
});

test('[CO111] a budget that is spent ends the job with what it has', () => {
  const grid = new TestGrid();
  grid.submit(1, testSpec({ tasks: 50_000, budgetMs: 1_000 }));
  const { session } = grid.join(1);
  while (grid.heldBy(session).length > 0) grid.report(grid.first(session), { msPerTask: 300 });
  expect(grid.view().state).toBe('partial');
  expect(grid.view().reason).toContain('budget-spent');
});

test('[CO112] tasks of an extension without an input fail at once', () => {
  const grid = new TestGrid();
  grid.submit(1, testSpec({ inputs: { kind: 'list', chunks: [], open: true } }));
  const { jobId } = grid.view();
  const chunk = { shard: testShard(9), bytes: 100, count: 4 };
  grid.step({ type: 'job-extended', at: grid.at, jobId, chunk, last: true, missing: [1, 3] });
  expect(grid.view().tasks).toMatchObject({ failed: 2, waiting: 2 });
  const again = new TestGrid({}, { epoch: 2, journal: grid.records });
  expect(again.view().tasks).toMatchObject({ failed: 2, waiting: 2 });
});
