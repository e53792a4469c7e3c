import { describe, expect, test } from 'vitest';
import { QUORUM_1, sent, TestGrid, testSpec } from './test-grid.ts';

/** Two volunteers know the job; the first then holds a bundle and is silent about it, the second has nothing left. */
function setup(tasks = 40) {
  const grid = new TestGrid();
  const slow = grid.join(1).session;
  const fast = grid.join(2).session;
  grid.submit(1, testSpec({ tasks }));
  grid.report(grid.first(slow), { msPerTask: 10 });
  while (grid.heldBy(fast).length > 0) {
    grid.report(grid.first(fast), { msPerTask: 10 });
    grid.heartbeat(slow);
  }
  const stuck = grid.heldBy(slow);
  expect(stuck.length).toBeGreaterThan(0);
  return { grid, slow, fast, stuck };
}

describe('an assignment that takes too long', () => {
  test('[SC10] is copied to an idle volunteer; the first result wins and the other copy is revoked', () => {
    const { grid, slow, fast, stuck } = setup();
    const effects = grid.pass(3_000, [slow, fast]);
    const copies = sent(effects, 'assign');
    expect(copies.length).toBeGreaterThan(0);
    expect(copies.every(({ session }) => session === fast)).toBe(true);
    const before = grid.recordsOf('tasks-final').length;
    const [copy] = grid.heldBy(fast);
    if (copy) grid.report(copy);
    const final = grid.recordsOf('tasks-final')[before];
    expect(final).toMatchObject({ column: { from: copy?.from, to: copy?.to } });
    // The late result of the slow one counts only where nobody was faster.
    for (const held of stuck) grid.report(held, { msPerTask: 0 });
    expect(grid.view()).toMatchObject({ state: 'done', tasks: { final: 40 } });
  });

  test('[SC11] is copied only within a tenth of the work', () => {
    const { grid, slow, fast } = setup(4_000);
    const extra = sent(grid.pass(30_000, [slow, fast]), 'assign');
    const copied = extra.reduce((sum, { from, to }) => sum + to - from, 0);
    expect(copied).toBeGreaterThan(0);
    expect(copied).toBeLessThanOrEqual(400);
  });

  test('[SC12] because its holder fell silent is copied before the holder is given up', () => {
    const grid = new TestGrid();
    const silent = grid.join(1).session;
    grid.submit(1, testSpec({ tasks: 1, quorum: QUORUM_1 }));
    const other = grid.join(2).session;
    const effects = grid.pass(6_000, [other]);
    expect(sent(effects, 'assign')).toMatchObject([{ session: other, from: 0 }]);
    const ending = grid.report(grid.first(other));
    expect(sent(ending, 'revoke')).toMatchObject([{ session: silent }]);
    expect(grid.view().state).toBe('done');
  });

  test('[SC10] is left alone while its holder is the only one', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1, 2);
    grid.submit(1, testSpec({ tasks: 1 }));
    expect(sent(grid.pass(60_000, [session]), 'assign')).toEqual([]);
  });
});
