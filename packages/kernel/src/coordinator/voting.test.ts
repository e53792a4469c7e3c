import type { SessionId } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import {
  QUORUM_1,
  QUORUM_2,
  sent,
  square,
  TestGrid,
  testJobId,
  testSpec,
  testVolunteerId,
} from './test-grid.ts';

/** So many volunteers of one worker, and a job of one task that each of them may vote on. */
function setup(volunteers: number, quorum = QUORUM_2, tasks = 1) {
  const grid = new TestGrid();
  const sessions = Array.from({ length: volunteers }, (_, i) => grid.join(i).session);
  grid.submit(1, testSpec({ tasks, quorum }));
  const vote = (who: number, value: unknown) =>
    grid.report(grid.first(sessions[who] as SessionId), { resultOf: () => value });
  const fail = (who: number, code: 'task-threw' | 'task-timeout', message = 'boom') => {
    const held = grid.first(sessions[who] as SessionId);
    return grid.fail(held, held.from, code, message);
  };
  return { grid, sessions, vote, fail };
}

describe('a task', () => {
  test('[VA1] is final when minQuorum identities agree, and the first vote is journaled', () => {
    const { grid, vote } = setup(2);
    expect(vote(0, 'yes')).toMatchObject([
      { type: 'append', record: { type: 'vote-received', volunteer: testVolunteerId(0) } },
      { type: 'provisional', confidence: 0.95 },
    ]);
    expect(grid.view().tasks).toMatchObject({ provisional: 1, final: 0 });
    const voters = [testVolunteerId(0), testVolunteerId(1)];
    const effects = vote(1, 'yes');
    expect(effects.slice(0, 2)).toMatchObject([
      { type: 'append', record: { type: 'tasks-final', voters } },
      { type: 'append', record: { type: 'job-state', state: 'done' } },
    ]);
    expect(effects.slice(2)).toMatchObject([
      { type: 'send', message: { type: 'job-closed' } },
      { type: 'send', message: { type: 'job-closed' } },
    ]);
  });

  test('[VA2] is given twice to no identity, however it comes and goes', () => {
    const { grid, vote, sessions } = setup(1);
    vote(0, 'yes');
    grid.leave(sessions[0] as SessionId);
    expect(sent(grid.join(0).effects, 'assign')).toEqual([]);
    expect(sent(grid.join(1).effects, 'assign')).toHaveLength(1);
  });

  test('[VA4] is asked for once more when two differ, and fails when too many do', () => {
    const quorum = { ...QUORUM_2, maxSuccessResults: 3 };
    const { grid, vote } = setup(4, quorum);
    vote(0, 'a');
    expect(sent(vote(1, 'b'), 'assign')).toHaveLength(1);
    vote(2, 'c');
    expect(grid.recordsOf('task-failed')).toMatchObject([{ code: 'no-consensus', attempts: 3 }]);
    expect(grid.view().state).toBe('failed');
  });

  test('[VA4] may ask for more results at first than agree in the end', () => {
    const { grid, vote } = setup(3, { ...QUORUM_2, targetResults: 3 });
    expect(grid.held.size).toBe(3);
    vote(2, 'x');
    const effects = vote(0, 'x');
    expect(sent(effects, 'revoke')).toMatchObject([{ session: 2 }]);
    expect(grid.view().state).toBe('done');
  });

  test('[SC7] that is decided elsewhere frees its holder for the next one in the same step', () => {
    const { sessions, vote } = setup(3, { ...QUORUM_2, targetResults: 3 }, 2);
    vote(2, 'x');
    const effects = vote(0, 'x');
    expect(sent(effects, 'revoke')).toMatchObject([{ session: sessions[1] }]);
    expect(sent(effects, 'assign').map(({ session }) => session)).toContain(sessions[1]);
  });

  test('[VA5] fails at once when minQuorum identities report the same error', () => {
    const { grid, fail } = setup(3);
    fail(0, 'task-threw');
    expect(grid.view().state).toBe('running');
    fail(1, 'task-threw');
    expect(grid.recordsOf('task-failed')).toMatchObject([
      { index: 0, code: 'task-threw', message: 'boom', attempts: 2 },
    ]);
    expect(grid.view().errors).toMatchObject([{ code: 'task-threw', message: 'boom', count: 2 }]);
  });

  test('[VA6] is tried elsewhere after a machine failed, up to maxErrorResults', () => {
    const { grid, fail } = setup(3, { ...QUORUM_1, maxErrorResults: 2 });
    fail(0, 'task-timeout', 'slow');
    fail(1, 'task-timeout', 'slow');
    expect(grid.view().state).toBe('running');
    fail(2, 'task-timeout', 'slow');
    expect(grid.recordsOf('task-failed')).toMatchObject([{ code: 'task-timeout', attempts: 3 }]);
  });

  test('[VA7] returns to one that failed it only when nobody else is left', () => {
    const { grid, fail, sessions } = setup(2, { ...QUORUM_1, maxErrorResults: 9 });
    expect(sent(fail(0, 'task-timeout'), 'assign')).toMatchObject([{ session: sessions[1] }]);
    const effects = fail(1, 'task-timeout');
    expect(sent(effects, 'assign')).toMatchObject([{ session: sessions[1] }]);
    const { session } = grid.join(7);
    expect(sent(fail(1, 'task-timeout'), 'assign')).toMatchObject([{ session }]);
  });

  test('[VA8] fails when maxTotalResults copies came to nothing', () => {
    const grid = new TestGrid();
    grid.submit(1, testSpec({ tasks: 1, quorum: { ...QUORUM_1, maxTotalResults: 2 } }));
    for (const number of [1, 2]) grid.leave(grid.join(number).session);
    expect(grid.recordsOf('task-failed')).toMatchObject([{ code: 'task-crashed', attempts: 2 }]);
  });
});

describe('a liar', () => {
  test('[VA9] is named, and shut out after three wrong results', () => {
    const { grid, sessions } = setup(3, QUORUM_2, 3_000);
    const [liar] = sessions;
    grid.run((index, session) => (session === liar ? 'lie' : square(index)));
    expect(grid.view()).toMatchObject({ state: 'done', tasks: { final: 3_000 } });
    const [first] = grid.recordsOf('volunteers-disagreed');
    expect(first?.losers).toEqual([testVolunteerId(0)]);
    expect(first?.winners).toHaveLength(2);
    expect(grid.machine.disagreements(testJobId(1))[0]).toEqual({
      at: first?.at,
      index: first?.index,
      winners: first?.winners,
      losers: first?.losers,
    });
    const node = grid.machine.nodes().find(({ volunteer }) => volunteer === testVolunteerId(0));
    expect(node).toMatchObject({ state: 'quarantined', running: 0, valid: 0 });
    expect(node?.invalid).toBeGreaterThanOrEqual(3);
    for (const { column } of grid.recordsOf('tasks-final')) {
      expect(column.decode(column.from)).toBe(square(column.from));
    }
  });

  test('[VA9] loses its leases and its open votes, and gets nothing on its next visit', () => {
    const grid = new TestGrid();
    const liar = grid.join(0).session;
    grid.submit(1, testSpec({ tasks: 40, quorum: QUORUM_2 }));
    for (const held of grid.heldBy(liar)) grid.report(held, { resultOf: () => 'lie' });
    for (let i = 0; i < 2; i++) {
      for (const held of grid.heldBy(liar)) grid.report(held, { resultOf: () => 'lie' });
    }
    expect(grid.view().tasks.provisional).toBeGreaterThan(3);
    const effects: ReturnType<TestGrid['step']> = [];
    const others = [1, 2].map((number) => grid.join(number).session);
    while (grid.machine.nodes()[0]?.state !== 'quarantined') {
      for (const held of others.flatMap((session) => grid.heldBy(session))) {
        if (grid.held.has(held.lease)) effects.push(...grid.report(held));
      }
    }
    expect(grid.heldBy(liar)).toEqual([]);
    grid.run();
    expect(grid.view()).toMatchObject({ state: 'done', disagreements: expect.any(Number) });
    const takers = sent(grid.submit(2, testSpec({ tasks: 1 })), 'assign');
    expect(takers.map(({ session }) => session)).not.toContain(liar);
    grid.leave(liar);
    grid.submit(3, testSpec({ tasks: 100 }));
    expect(sent(grid.join(0).effects, 'assign')).toEqual([]);
  });

  test('[VA9] has no say any more in what is undecided', () => {
    const grid = new TestGrid();
    const liar = grid.join(0).session;
    grid.submit(1, testSpec({ tasks: 1, quorum: QUORUM_2 }));
    grid.report(grid.first(liar), { resultOf: () => 'lie' });
    grid.submit(2, testSpec({ tasks: 3, quorum: QUORUM_2, priority: 9 }));
    while (grid.heldBy(liar).length > 0) grid.report(grid.first(liar), { resultOf: () => 'lie' });
    grid.control(1, 'pause');
    for (const number of [1, 2]) grid.join(number, 3);
    grid.run();
    expect(grid.view(2)).toMatchObject({ state: 'done', disagreements: 3 });
    expect(grid.view(1).tasks).toMatchObject({ waiting: 1, provisional: 0 });
    grid.control(1, 'resume');
    grid.run();
    const [final] = grid.recordsOf('tasks-final').filter(({ jobId }) => jobId === testJobId(1));
    expect(final?.voters).toEqual([1, 2].map(testVolunteerId));
  });

  test('[VA10] delays only the tasks it lied about', () => {
    const { grid, sessions } = setup(2, QUORUM_2, 60);
    const [liar] = sessions;
    grid.run((index, session) => (session === liar && index === 30 ? 'lie' : square(index)));
    expect(grid.view()).toMatchObject({ state: 'running', tasks: { final: 59, provisional: 1 } });
    expect(sent(grid.join(5).effects, 'assign')).toMatchObject([{ from: 30, to: 31 }]);
    grid.run();
    expect(grid.view()).toMatchObject({ state: 'done', disagreements: 1 });
  });
});
