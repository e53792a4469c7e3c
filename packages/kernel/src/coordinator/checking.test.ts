// Where volunteers check each other's results: one computes, others look, and a check is a vote.
import { decodeValue, type JobSpec, type Tier } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { Crowd, LIE, tierSpec } from './test-crowd.ts';
import { square, testJobId, testVolunteerId } from './test-grid.ts';

function checkedSpec(tasks: number, tier: Tier = 'standard', changes: Partial<JobSpec> = {}) {
  const spec = tierSpec(tier, tasks, changes);
  const check = { kind: 'verify', export: 'verify' } as const;
  return { ...spec, program: { ...spec.program, check } };
}

const standingOf = (crowd: Crowd, number: number) =>
  crowd.grid.machine.standings().find(({ volunteer }) => volunteer === testVolunteerId(number));

describe('a job that can check results', () => {
  test('[VA30] is computed once and checked by somebody else', () => {
    const crowd = new Crowd();
    for (const number of [0, 1, 2]) crowd.join(number);
    crowd.grid.submit(1, checkedSpec(300));
    crowd.work();
    crowd.expectOnlyRight(300);
    expect(crowd.executions).toBe(300);
    expect(crowd.checks).toBeGreaterThanOrEqual(300);
    for (const { voters } of crowd.grid.recordsOf('tasks-final')) {
      expect(new Set(voters).size).toBeGreaterThan(1);
    }
  });

  test('[VA30] one tab alone decides nothing: nobody checks itself', () => {
    const crowd = new Crowd();
    crowd.join(0);
    crowd.grid.submit(1, checkedSpec(20));
    crowd.work();
    expect(crowd.values().size).toBe(0);
    expect(crowd.checks).toBe(0);
    crowd.join(1, { trusted: true });
    crowd.work();
    crowd.expectOnlyRight(20);
    expect(crowd.executions).toBe(20);
  });

  test('[VA30] is asked about the very results that are in question, and no other', () => {
    const crowd = new Crowd();
    const [maker, checker] = [crowd.join(0), crowd.join(1)];
    crowd.grid.submit(1, checkedSpec(1));
    const lease = crowd.grid.first(maker);
    crowd.grid.report(lease, { resultOf: () => 'mine' });
    const { check, from, to } = crowd.grid.first(checker);
    expect([from, to, decodeValue(check ?? new Uint8Array())]).toEqual([0, 1, ['mine']]);
  });

  test('[VA31] what others refuse is computed anew, and who gave it is found wrong once another is right', () => {
    const crowd = new Crowd();
    for (const number of [0, 1, 2]) crowd.join(number);
    crowd.join(3, { lies: true });
    crowd.grid.submit(1, checkedSpec(400));
    crowd.work();
    crowd.expectOnlyRight(400);
    expect(crowd.stateOf(3)).toBe('quarantined');
    expect([0, 1, 2].map((number) => crowd.stateOf(number))).not.toContain('quarantined');
  });

  test.each<Tier>(['draft', 'standard', 'strict'])(
    '[VA31] at %s a liar and a lazy one that calls everything right get nothing wrong past an honest crowd',
    (tier) => {
      const crowd = new Crowd();
      for (const number of [0, 1, 2, 3, 4]) crowd.join(number);
      crowd.lazy.add(crowd.join(5));
      crowd.join(6, { lies: true });
      crowd.grid.submit(1, checkedSpec(600, tier));
      crowd.work(600_000);
      crowd.expectOnlyRight(600);
    },
  );

  test('[VA32] who calls right results wrong is shut out, and nothing fails by it', () => {
    const crowd = new Crowd();
    for (const number of [0, 1, 2, 3]) crowd.join(number);
    crowd.slanderers.add(crowd.join(4));
    crowd.grid.submit(1, checkedSpec(400));
    crowd.work();
    crowd.expectOnlyRight(400);
    expect(crowd.stateOf(4)).toBe('quarantined');
    expect(crowd.grid.view().tasks.failed).toBe(0);
  });

  test('[VA32] nobody becomes known by saying yes', () => {
    const crowd = new Crowd();
    const lazy = crowd.join(0);
    for (const number of [1, 2]) crowd.join(number, { trusted: true });
    crowd.lazy.add(lazy);
    crowd.grid.submit(1, checkedSpec(60));
    crowd.work();
    crowd.expectOnlyRight(60);
    const plain = new Crowd();
    for (const number of [0, 1, 2]) plain.join(number);
    plain.grid.submit(1, checkedSpec(60));
    plain.work();
    // Who computed is known for what it computed alone.
    const known = [0, 1, 2].map((number) => standingOf(plain, number)?.checked ?? 0);
    expect(known.reduce((sum, checked) => sum + checked, 0)).toBeLessThanOrEqual(60);
    expect(Math.max(...known)).toBeGreaterThan(0);
  });

  test('[VA33] two results of a task may both be right: nobody is blamed for the other', () => {
    const crowd = new Crowd();
    const { grid } = crowd;
    grid.submit(1, checkedSpec(1));
    grid.report(grid.first(crowd.join(0)), { resultOf: () => 'one' });
    for (const number of [1, 2]) {
      const session = crowd.join(number);
      grid.fail(grid.first(session), 0, 'task-timeout');
      crowd.leave(session);
    }
    const second = grid.first(crowd.join(3));
    expect(second.check).toBeUndefined();
    grid.report(second, { resultOf: () => 'another' });
    const { check } = grid.first(crowd.join(4, { trusted: true }));
    expect(decodeValue(check ?? new Uint8Array())).toEqual(['another']);
    grid.report(grid.first(crowd.sessions.at(-1) as never), { resultOf: () => true });
    expect(crowd.values().get(0)).toBe('another');
    expect(grid.recordsOf('volunteers-disagreed')).toEqual([]);
  });

  test('[VA33] what two checked and refused is wrong, once another result is believed', () => {
    const crowd = new Crowd();
    const { grid } = crowd;
    grid.submit(1, checkedSpec(1));
    grid.report(grid.first(crowd.join(0)), { resultOf: () => 'wrong' });
    for (const number of [1, 2]) {
      const session = crowd.join(number);
      grid.report(grid.first(session), { resultOf: () => false });
      crowd.leave(session);
    }
    grid.report(grid.first(crowd.join(3)), { resultOf: () => 'right' });
    expect(grid.recordsOf('volunteers-disagreed')).toEqual([]);
    const belief = grid.machine.belief(testJobId(1), 0);
    expect(belief?.groups.map(({ objectors }) => objectors)).toEqual([
      [1, 2].map(testVolunteerId),
      [],
    ]);
    grid.report(grid.first(crowd.join(4, { trusted: true })), { resultOf: () => true });
    expect(crowd.values().get(0)).toBe('right');
    expect(grid.recordsOf('volunteers-disagreed')).toMatchObject([
      { losers: [testVolunteerId(0)] },
    ]);
  });

  test('[VA33] a function that refuses what all compute alike pauses the job, and nobody is blamed', () => {
    const crowd = new Crowd();
    for (let number = 0; number < 12; number++) crowd.slanderers.add(crowd.join(number));
    crowd.grid.submit(1, checkedSpec(40));
    crowd.work(30_000);
    expect(crowd.grid.view()).toMatchObject({ state: 'paused' });
    expect(crowd.sentences()).toContain(
      'its function verify refuses what volunteers computed alike',
    );
    expect(crowd.grid.recordsOf('volunteers-disagreed')).toEqual([]);
  });

  test('[VA34] who cannot check is not blamed, and another is asked', () => {
    const crowd = new Crowd();
    const [maker, checker] = [crowd.join(0), crowd.join(1)];
    crowd.grid.submit(1, checkedSpec(1));
    crowd.grid.report(crowd.grid.first(maker));
    crowd.grid.fail(crowd.grid.first(checker), 0, 'task-timeout', 'too slow');
    crowd.join(2, { trusted: true });
    crowd.work();
    expect(crowd.values().get(0)).toBe(square(0));
    expect(crowd.grid.recordsOf('volunteers-disagreed')).toEqual([]);
  });

  test('[VA34] an answer that is neither true nor false closes its link', () => {
    const crowd = new Crowd();
    const [maker, checker] = [crowd.join(0), crowd.join(1)];
    crowd.grid.submit(1, checkedSpec(1));
    crowd.grid.report(crowd.grid.first(maker));
    const effects = crowd.grid.report(crowd.grid.first(checker), { resultOf: () => LIE });
    expect(effects).toContainEqual(
      expect.objectContaining({ type: 'close', code: 'frame-unexpected' }),
    );
  });

  test('[VA34] a check is not taken up again on another link', () => {
    const crowd = new Crowd();
    const [maker, checker] = [crowd.join(0), crowd.join(1)];
    crowd.grid.submit(1, checkedSpec(1));
    crowd.grid.report(crowd.grid.first(maker));
    const { lease, proof, from, to } = crowd.grid.first(checker);
    crowd.leave(checker);
    const { session } = crowd.grid.join(1);
    const claim = { lease, proof, from, to, jobId: testJobId(1), next: from };
    crowd.grid.say(session, { type: 'resume', leases: [claim] });
    const values = Uint8Array.from([0xc3]);
    crowd.grid.say(session, { type: 'results', lease, from, values, busyMs: 1 });
    crowd.grid.pass(10_000, [maker, session]);
    expect(crowd.values().get(0)).not.toBe(true);
  });
});
