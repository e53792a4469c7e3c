import { type AttemptRow, LIMITS } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { Attempts } from './attempts.ts';
import type { Lease } from './lease-table.ts';
import { QUORUM_2, TestGrid, testJobId, testSpec, testVolunteerId } from './test-grid.ts';

const ID = testJobId(1);

function short({ volunteer, from, to, outcome }: AttemptRow) {
  return [volunteer, from, to, outcome];
}

describe('[CO201] attempts', () => {
  test('tell who had which tasks, from when to when, and what came of it', () => {
    const grid = new TestGrid();
    const first = grid.join(1).session;
    grid.submit(1, testSpec({ tasks: 2, quorum: QUORUM_2 }));
    const [one, two] = [testVolunteerId(1), testVolunteerId(2)];
    const given = grid.at;
    const held = grid.first(first);
    grid.at += 500;
    grid.report(held, { msPerTask: 100 });
    const { rows } = grid.machine.attempts(ID, 0);
    expect(rows).toEqual([
      {
        volunteer: one,
        from: held.from,
        to: held.to,
        givenAt: given,
        startedAt: given + 500,
        endedAt: given + 500 + 100 * (held.to - held.from),
        outcome: 'reported',
        isSpeculative: false,
      },
    ]);
    const second = grid.join(2).session;
    const { underWay } = grid.machine.attempts(ID, 0);
    expect(underWay?.map(short)).toContainEqual([two, 0, 1, 'running']);
    grid.fail(grid.first(second), 0);
    grid.leave(second);
    grid.control(1, 'cancel');
    const all = grid.machine.attempts(ID, 0);
    expect(all.rows.slice(1).map(short)).toContainEqual([two, 0, 1, 'failed']);
    expect(all.rows.map(({ outcome }) => outcome)).toContain('lost');
    expect(all.rows.at(-1)?.outcome).toBe('unneeded');
    expect(all.underWay).toEqual([]);
  });

  test('of an ended job stay, and those of others are not among them', () => {
    const grid = new TestGrid();
    grid.join(1);
    for (const number of [1, 2]) grid.submit(number, testSpec({ tasks: 5 }));
    grid.run();
    for (const number of [1, 2]) {
      const { rows } = grid.machine.attempts(testJobId(number), 0);
      expect(rows.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(5);
    }
    expect(grid.machine.attempts(testJobId(3), 0).rows).toEqual([]);
  });

  test('are read in parts, each no more than one answer holds, and each once', () => {
    const count = 2 * LIMITS.ATTEMPTS_PER_ANSWER_MAX + 10;
    const attempts = filled(new Attempts(3), count);
    const froms: number[] = [];
    let place = 0;
    for (let isLast = false; !isLast; ) {
      const page = attempts.page(ID, place);
      expect(page.rows.length).toBeLessThanOrEqual(LIMITS.ATTEMPTS_PER_ANSWER_MAX);
      expect(page.isWhole).toBe(true);
      froms.push(...page.rows.map(({ from }) => from));
      ({ next: place, isLast } = page);
    }
    expect(froms).toEqual(Array.from({ length: count }, (_, n) => n));
  });

  test('are kept up to a bound, and say that older ones are gone', () => {
    const attempts = filled(new Attempts(1, 100), 1_000);
    const all = attempts.page(ID, 0);
    expect(all.rows.map(({ from }) => from)).toEqual(
      Array.from({ length: 100 }, (_, n) => 900 + n),
    );
    expect(all.isWhole).toBe(false);
    expect(attempts.page(ID, all.next)).toEqual({
      rows: [],
      next: all.next,
      isLast: true,
      isWhole: true,
    });
  });

  test('begin anew where another life of the coordinator goes on', () => {
    const before = filled(new Attempts(1), 50).page(ID, 0);
    const after = filled(new Attempts(2), 70).page(ID, before.next);
    expect(after.rows).toHaveLength(70);
  });
});

function filled(attempts: Attempts, count: number): Attempts {
  const lease = {
    sinceAt: 0,
    isSpeculative: false,
    job: { id: ID },
    volunteer: { identity: { id: testVolunteerId(1) } },
  } as unknown as Lease;
  for (let n = 0; n < count; n++)
    attempts.add(lease, { from: n, to: n + 1, outcome: 'reported', at: n, busyMs: 1 });
  return attempts;
}
