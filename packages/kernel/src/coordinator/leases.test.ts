import { LIMITS, type SessionId } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { Coordinator } from './coordinator.ts';
import { QUORUM_1, sent, TestGrid, testSpec, testVolunteerId } from './test-grid.ts';

/** One volunteer that holds a bundle of several tasks, and another that is there to take over. */
function setup(tasks = 1_000, limits = {}) {
  const grid = new TestGrid(limits);
  const session = grid.join(1).session;
  grid.submit(1, testSpec({ tasks }));
  for (let i = 0; i < 4; i++) grid.report(grid.first(session));
  const held = grid.first(session);
  expect(held.to - held.from).toBeGreaterThan(3);
  return { grid, session, held };
}

describe('a lease', () => {
  test('[LE1] has a number that grows, over epochs too', () => {
    const leasesOf = (epoch: number) => {
      const grid = new TestGrid();
      Object.assign(grid, { machine: new Coordinator({ seed: 1, epoch }) });
      grid.join(1, 3);
      return sent(grid.submit(1), 'assign').map(({ lease }) => lease);
    };
    const leases = [...leasesOf(1), ...leasesOf(2)];
    expect(leases).toHaveLength(6);
    for (let i = 1; i < leases.length; i++) expect(leases[i]).toBeGreaterThan(leases[i - 1] ?? 0);
    expect(leases[3]).toBeGreaterThan(2 * 2 ** 32);
  });

  test('[LE2] lasts LEASE_MS_MIN, three estimates, or as long as one task may take', () => {
    const lasts = (timeoutMs: number, msPerTask: number) => {
      const grid = new TestGrid();
      const { session } = grid.join(1);
      const program = { ...testSpec().program, timeoutMs };
      grid.submit(1, testSpec({ tasks: 1_000, program }));
      return sent(grid.report(grid.first(session), { msPerTask }), 'assign')[0]?.expiresInMs;
    };
    expect(lasts(1_000, 10)).toBe(LIMITS.LEASE_MS_MIN);
    expect(lasts(1_000, 100_000)).toBe(300_000);
    expect(lasts(3_600_000, 10)).toBeGreaterThan(3_600_000);
  });

  test('[LE3] that runs out is revoked and its tasks are handed out again', () => {
    const { grid, session, held } = setup();
    const other = grid.join(2).session;
    for (const { lease } of grid.heldBy(other)) grid.held.delete(lease);
    const effects = grid.pass(LIMITS.LEASE_MS_MIN + LIMITS.SUSPECT_MS + 500, [session, other]);
    const revoked = sent(effects, 'revoke').filter((revoke) => revoke.session === session);
    expect(revoked.flatMap(({ leases }) => leases)).toContain(held.lease);
    grid.report({ ...held, session }, {});
    expect(grid.recordsOf('tasks-final').some(({ column }) => column.has(held.from))).toBe(false);
  });

  test('[LE4] gives no right once it is stale, and none to anybody else', () => {
    const { grid, session, held } = setup();
    const other = grid.join(2).session;
    const before = grid.records.length;
    const refused = (from: SessionId, lease = held.lease) =>
      expect(grid.report({ ...held, lease, session: from }, { msPerTask: 0 })).toMatchObject([
        { type: 'send', to: from, message: { type: 'reject', code: 'lease-stale' } },
        { type: 'send', to: from, message: { type: 'revoke', leases: [lease] } },
      ]);
    refused(other);
    grid.say(session, { type: 'leases-returned', leases: [held.lease], reason: 'test' });
    refused(session);
    const again = grid.join(1).session;
    refused(again);
    expect(sent(grid.fail({ ...held, session: again }, held.from), 'reject')).toHaveLength(1);
    const mention = { type: 'progress', index: held.from, fraction: 0, note: '' } as const;
    const told = grid.say(again, { ...mention, lease: held.lease });
    expect(sent(told, 'revoke')).toMatchObject([{ leases: [held.lease] }]);
    expect(grid.records.length).toBe(before);
  });

  test.each([
    ['before', -1],
    ['behind', 1],
  ])('[LE5] is broken by a result %s it, and the link is closed', (_, shift) => {
    const { grid, session, held } = setup();
    const range = { from: held.from + shift, to: held.to + shift };
    const effects = grid.report(held, { ...range, msPerTask: 0 });
    expect(effects).toMatchObject([{ type: 'close', session, code: 'frame-unexpected' }]);
    expect(grid.machine.totals().volunteers).toBe(0);
    expect(grid.recordsOf('tasks-final').some(({ column }) => column.has(held.from))).toBe(false);
  });

  test('[LE5] is broken by an error outside of it', () => {
    const { grid, session, held } = setup();
    expect(grid.fail(held, held.to + 5)).toMatchObject([
      { type: 'close', session, code: 'frame-unexpected' },
    ]);
  });

  test('[LE6] takes each result once', () => {
    const { grid, session, held } = setup();
    grid.report(held, { to: held.from + 2 });
    const effects = grid.report(held, { to: held.from + 2, resultOf: () => 'again' });
    expect(sent(effects, 'reject')).toMatchObject([{ session, code: 'lease-stale' }]);
    // The rest of the lease is still waited for.
    expect(sent(effects, 'revoke')).toEqual([]);
    const finals = grid.recordsOf('tasks-final').filter(({ column }) => column.has(held.from));
    expect(finals.map(({ column }) => column.decode(held.from))).toEqual([held.from ** 2]);
  });

  test('[LE7] takes results in parts and in any order', () => {
    const { grid, held } = setup();
    const middle = held.from + 2;
    grid.report(held, { from: middle, to: held.to });
    grid.held.set(held.lease, held);
    grid.report(held, { from: held.from, to: middle });
    const finals = grid.recordsOf('tasks-final').map(({ column }) => column);
    expect(finals.filter(({ from }) => from >= held.from && from < held.to)).toMatchObject([
      { from: middle, to: held.to },
      { from: held.from, to: middle },
    ]);
  });

  test('[LE8] of a tab that leaves is handed out in the same step', () => {
    const { grid, session, held } = setup(60);
    const other = grid.join(2, 100).session;
    const [first] = sent(grid.leave(session), 'assign');
    expect(first).toMatchObject({ session: other, from: held.from });
    grid.run();
    expect(grid.view()).toMatchObject({ state: 'done', tasks: { final: 60 } });
  });

  test('[LE9] that is given back does not count against its tasks', () => {
    const grid = new TestGrid();
    grid.submit(1, testSpec({ tasks: 1 }));
    for (let i = 0; i < 3 * QUORUM_1.maxTotalResults; i++) {
      const { session } = grid.join(i);
      while (grid.heldBy(session).length > 0) {
        const { lease } = grid.first(session);
        grid.held.delete(lease);
        grid.say(session, { type: 'leases-returned', leases: [lease], reason: 'closing' });
      }
      grid.leave(session);
    }
    grid.join(99);
    grid.run();
    expect(grid.view().state).toBe('done');
  });

  test('[LE10] counts for those who held it: volunteers and tasks are shown', () => {
    const { grid, session, held } = setup(100);
    grid.join(2, 4);
    grid.report(held);
    grid.run();
    expect(grid.heldBy(session)).toEqual([]);
    const { volunteers } = grid.view();
    expect(volunteers.map(({ volunteer }) => volunteer).sort()).toEqual(
      [1, 2].map(testVolunteerId),
    );
    expect(volunteers.reduce((sum, { tasks }) => sum + tasks, 0)).toBe(100);
  });
});
