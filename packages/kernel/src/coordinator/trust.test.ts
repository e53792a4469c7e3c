// Where credibility decides: small grids of tabs that are new, known, trusted or lying, seen from outside.
import type { SessionId, Tier } from '@manytabs/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CoordinatorEffect } from './effect.ts';
import { Crowd, LIE, tierSpec } from './test-crowd.ts';
import {
  QUORUM_1,
  QUORUM_2,
  TestGrid,
  testJobId,
  testShard,
  testSpec,
  testVolunteerId,
} from './test-grid.ts';

const DAY_MS = 24 * 3_600_000;

describe('in a grid of newcomers', () => {
  test('[VA18] one tab alone decides nothing, and the job says what it needs', () => {
    const crowd = new Crowd();
    crowd.join(0);
    crowd.grid.submit(1, tierSpec('standard', 10));
    crowd.work();
    expect(crowd.values().size).toBe(0);
    expect(crowd.grid.view().tasks.provisional).toBeGreaterThan(0);
    expect(crowd.sentences()).toContain('It needs 1 more volunteer');
    crowd.join(1);
    crowd.work();
    crowd.expectOnlyRight(10);
  });

  test('[VA18] two that agree are believed once others had time to come', () => {
    const crowd = new Crowd();
    for (const number of [0, 1]) crowd.join(number);
    crowd.grid.submit(1, tierSpec('standard', 200));
    crowd.work(2_000);
    expect(crowd.values().size).toBe(0);
    crowd.work();
    crowd.expectOnlyRight(200);
    const [first] = crowd.grid.recordsOf('tasks-final');
    expect(first?.confidence).toBeCloseTo(0.997238, 5);
  });

  test('[VA18] strict wants three of them', () => {
    const crowd = new Crowd();
    for (const number of [0, 1]) crowd.join(number);
    crowd.grid.submit(1, tierSpec('strict', 50));
    crowd.work();
    expect(crowd.values().size).toBe(0);
    expect(crowd.sentences()).toContain('It needs 1 more volunteer');
    crowd.join(2);
    crowd.work();
    crowd.expectOnlyRight(50);
  });

  test('[VA18] two against two decide nothing until one more, or a trusted one, comes', () => {
    const crowd = new Crowd();
    for (const number of [0, 1]) crowd.join(number);
    for (const number of [2, 3]) crowd.join(number, { lies: true });
    crowd.grid.submit(1, tierSpec('standard', 100));
    crowd.work();
    expect(crowd.values().size).toBe(0);
    expect(crowd.sentences()).toContain('contradict each other');
    crowd.join(4, { trusted: true });
    crowd.work();
    crowd.expectOnlyRight(100);
    expect([crowd.stateOf(2), crowd.stateOf(3)]).toEqual(['quarantined', 'quarantined']);
  });

  test('[VA18] three outvote one that lies, who ends in quarantine', () => {
    const crowd = new Crowd();
    for (const number of [0, 1, 2]) crowd.join(number);
    crowd.join(3, { lies: true });
    crowd.grid.submit(1, tierSpec('standard', 300));
    crowd.work();
    crowd.expectOnlyRight(300);
    expect(crowd.stateOf(3)).toBe('quarantined');
  });
});

describe('a trusted volunteer', () => {
  test('[VA19] decides alone and at once', () => {
    const crowd = new Crowd();
    crowd.join(0, { trusted: true });
    crowd.grid.submit(1, tierSpec('strict', 20));
    crowd.work();
    crowd.expectOnlyRight(20);
    expect(crowd.executions).toBe(20);
  });

  test('[VA19] is believed in spite of any number of others', () => {
    const crowd = new Crowd();
    for (const number of [0, 1, 2, 3]) crowd.join(number, { lies: true });
    crowd.grid.submit(1, tierSpec('standard', 600));
    const own = crowd.join(9, { trusted: true });
    crowd.work();
    crowd.expectOnlyRight(600);
    expect(crowd.sessions).toContain(own);
    for (const number of [0, 1, 2, 3]) expect(crowd.stateOf(number)).toBe('quarantined');
  });

  test('[VA19] with the token of a submitter is so for its jobs alone', () => {
    const crowd = new Crowd();
    crowd.join(0, { owner: 'ann' });
    crowd.grid.submit(1, tierSpec('standard', 5));
    crowd.work();
    crowd.expectOnlyRight(5);
    const spec = tierSpec('standard', 5);
    const { at } = crowd.grid;
    crowd.grid.step({ type: 'job-submitted', at, jobId: testJobId(2), owner: 'bob', spec });
    crowd.work(10_000, 2);
    expect(crowd.values(2).size).toBe(0);
  });
});

describe('a volunteer that is known', () => {
  /** Two tabs with some hundreds of checked results each. */
  function known(tier: Tier = 'standard'): Crowd {
    const crowd = new Crowd();
    for (const number of [0, 1]) crowd.join(number);
    crowd.grid.submit(1, tierSpec(tier, 300));
    crowd.work();
    crowd.executions = 0;
    return crowd;
  }

  test('[VA20] is believed alone, but for audits', () => {
    const crowd = known();
    crowd.grid.submit(2, tierSpec('standard', 2_000));
    crowd.work(120_000, 2);
    crowd.expectOnlyRight(2_000, 2);
    expect(crowd.executions).toBeGreaterThan(2_000);
    expect(crowd.executions).toBeLessThan(2_400);
    expect(crowd.grid.view(2).checks?.audits).toBeGreaterThan(2);
  });

  test('[VA20] that begins to lie is caught by an audit before anything of it is final', () => {
    const crowd = known();
    const liar = crowd.sessions[0] as SessionId;
    crowd.join(2);
    crowd.liars.add(liar);
    crowd.grid.submit(2, tierSpec('standard', 2_000));
    crowd.work(120_000, 2);
    crowd.expectOnlyRight(2_000, 2);
    expect(crowd.stateOf(0)).toBe('quarantined');
    expect(crowd.grid.view(2).checks?.retracted).toBeGreaterThan(0);
  });

  test('[VA20] is at strict never believed alone', () => {
    const crowd = known();
    crowd.join(2);
    crowd.grid.submit(2, tierSpec('strict', 500));
    crowd.work(60_000, 2);
    crowd.expectOnlyRight(500, 2);
    for (const { jobId, voters } of crowd.grid.recordsOf('tasks-final')) {
      if (jobId === testJobId(2)) expect(voters.length).toBeGreaterThanOrEqual(2);
    }
  });

  test('[VA21] is known after a restart too, and so is a quarantine', () => {
    const crowd = known();
    const liar = crowd.join(5, { lies: true });
    crowd.grid.submit(2, tierSpec('standard', 500));
    crowd.work(60_000, 2);
    expect(crowd.stateOf(5)).toBe('quarantined');
    expect(crowd.sessions).toContain(liar);
    const before = crowd.grid.machine.nodes().find((node) => node.volunteer === testVolunteerId(0));
    const next = new Crowd(new TestGrid({}, { epoch: 2, journal: crowd.grid.records }));
    next.grid.at = crowd.grid.at;
    for (const number of [0, 1, 5]) next.join(number);
    const after = next.grid.machine.nodes().find((node) => node.volunteer === testVolunteerId(0));
    expect(after?.checked).toBeGreaterThan(0.75 * (before?.checked ?? 0));
    expect(next.stateOf(5)).toBe('quarantined');
    next.grid.submit(3, tierSpec('standard', 500));
    next.work(60_000, 3);
    next.expectOnlyRight(500, 3);
    expect(next.executions).toBeLessThan(850);
  });
});

describe('a quarantine', () => {
  test('[VA22] lasts a day, is told with what it is for, and begins a new life', () => {
    const crowd = new Crowd();
    crowd.join(0, { trusted: true });
    const liar = crowd.join(1, { lies: true });
    crowd.grid.submit(1, tierSpec('standard', 200));
    crowd.work();
    const [row] = crowd.grid.machine.quarantined();
    expect(row).toMatchObject({ volunteer: testVolunteerId(1), isHere: true });
    expect(row?.until).toBeGreaterThan(crowd.grid.at + DAY_MS - 60_000);
    expect(row?.seen[0]?.jobId).toBe(testJobId(1));
    crowd.leave(liar);
    crowd.grid.at += DAY_MS;
    crowd.join(1);
    expect(crowd.stateOf(1)).toBe('idle');
    expect(crowd.grid.machine.quarantined()).toEqual([]);
  });
});

describe('votes', () => {
  test.each([
    ['[VA23] of one network count once', { network: '203.0.113.0/24' }, 'tier'],
    ['[VA40] of one site count once towards a tier', { site: 'https://a.example' }, 'tier'],
    ['[VA40] of one site count once towards a quorum', { site: 'https://a.example' }, 'quorum'],
  ] as const)('%s', (_, place, asks) => {
    const crowd = new Crowd();
    for (const number of [0, 1, 2]) crowd.join(number, { ...place, lies: true });
    const spec =
      asks === 'tier' ? tierSpec('standard', 20) : testSpec({ tasks: 20, quorum: QUORUM_2 });
    crowd.grid.submit(1, spec);
    crowd.work();
    expect(crowd.values().size).toBe(0);
    expect(crowd.sentences()).toContain('one site or one network, which has one vote');
    for (const number of [3, 4, 5]) crowd.join(number);
    expect(crowd.sentences()).not.toContain('one vote');
    crowd.work();
    crowd.expectOnlyRight(20);
  });

  test('[VA40] of one site are as many as its tabs where one is enough, and where they are trusted', () => {
    const site = 'https://a.example';
    for (const trusted of [false, true]) {
      const crowd = new Crowd();
      for (const number of [0, 1]) crowd.join(number, { site, trusted });
      const quorum = trusted ? QUORUM_2 : QUORUM_1;
      crowd.grid.submit(1, testSpec({ tasks: 1_000, quorum }));
      crowd.work();
      crowd.expectOnlyRight(1_000);
      expect(new Set(crowd.reports.map(({ session }) => session)).size).toBe(2);
    }
  });

  test('[VA40] from sites in any mixture: no task is computed twice by one of them', () => {
    const site = fc.constantFrom('https://a.example', 'https://b.example', undefined);
    const sites = fc.array(site, { minLength: 3, maxLength: 9 });
    const spec = fc.constantFrom(
      tierSpec('standard', 30),
      tierSpec('draft', 30),
      testSpec({ tasks: 30, quorum: QUORUM_2 }),
    );
    fc.assert(
      fc.property(sites, spec, (embeds, asked) => {
        const crowd = new Crowd();
        const siteOf = new Map(embeds.map((site, n) => [crowd.join(n, { site }), site]));
        crowd.grid.submit(1, asked);
        crowd.work();
        const computed = crowd.reports.flatMap(({ session, from, to }) => {
          const name = siteOf.get(session);
          const tasks = Array.from({ length: to - from }, (_, n) => from + n);
          return name === undefined ? [] : tasks.map((task) => `${name} ${task}`);
        });
        expect(new Set(computed).size).toBe(computed.length);
        const votes = new Set(embeds.filter((name) => name !== undefined)).size;
        const strangers = embeds.filter((name) => name === undefined).length;
        if (votes + strangers > 1) crowd.expectOnlyRight(30);
        else expect(crowd.values().size).toBe(0);
      }),
    );
  });
});

describe('a provisional result', () => {
  const told = (effects: readonly CoordinatorEffect[]) =>
    effects.filter(({ type }) => type === 'provisional' || type === 'retracted');

  test('[VA24] is told with its confidence, and taken back when another takes its place', () => {
    const crowd = new Crowd();
    const [liar, honest] = [crowd.join(0), crowd.join(1)];
    crowd.grid.submit(1, tierSpec('standard', 1));
    const first = crowd.grid.report(crowd.grid.first(liar), { resultOf: () => LIE });
    expect(told(first)).toMatchObject([{ type: 'provisional', confidence: 0.95 }]);
    crowd.grid.report(crowd.grid.first(honest));
    const trusted = crowd.join(2, { trusted: true });
    const last = crowd.grid.report(crowd.grid.first(trusted));
    expect(told(last)).toMatchObject([{ type: 'retracted', from: 0, to: 1 }]);
    crowd.expectOnlyRight(1);
  });

  test('[VA24] is explained: who said what, and what it waits for', () => {
    const crowd = new Crowd();
    const [a, b] = [crowd.join(0), crowd.join(1)];
    crowd.grid.submit(1, tierSpec('standard', 1));
    crowd.grid.report(crowd.grid.first(a));
    crowd.grid.report(crowd.grid.first(b), { resultOf: () => LIE });
    const belief = crowd.grid.machine.belief(testJobId(1), 0);
    expect(belief).toMatchObject({ state: 'provisional', tier: 'standard', voters: [] });
    expect(belief?.groups).toHaveLength(2);
    expect(belief?.waitsFor).toBe('one more volunteer');
    crowd.join(2, { trusted: true });
    crowd.work();
    expect(crowd.grid.machine.belief(testJobId(1), 0)).toMatchObject({
      state: 'final',
      confidence: 1,
    });
  });
});

test('[VA2] whose vote was taken back is not asked for that task again', () => {
  const crowd = new Crowd();
  const liar = crowd.join(0);
  crowd.grid.submit(1, tierSpec('standard', 2));
  while (crowd.grid.heldBy(liar).length > 0) {
    crowd.grid.report(crowd.grid.first(liar), { resultOf: () => LIE });
  }
  const trusted = crowd.join(1, { trusted: true });
  expect(crowd.grid.view().tasks.provisional).toBe(2);
  crowd.grid.report(crowd.grid.first(trusted));
  expect(crowd.grid.view().tasks).toMatchObject({ final: 1, provisional: 0 });
  expect(crowd.stateOf(0)).toBe('idle');
  expect(crowd.grid.heldBy(liar)).toEqual([]);
  crowd.work();
  crowd.expectOnlyRight(2);
});

test('[VA26] what two known volunteers agree on is final after a while, and a trusted word at once', () => {
  const crowd = new Crowd();
  const sessions = [0, 1].map((number) => crowd.join(number));
  crowd.grid.submit(1, tierSpec('standard', 40));
  crowd.work();
  crowd.grid.submit(2, tierSpec('standard', 1));
  for (const session of sessions) crowd.grid.report(crowd.grid.first(session));
  expect(crowd.grid.view(2).tasks).toMatchObject({ provisional: 1, final: 0 });
  crowd.rest();
  expect(crowd.grid.view(2).tasks).toMatchObject({ provisional: 0, final: 1 });
  const trusted = crowd.join(2, { trusted: true });
  crowd.grid.submit(3, tierSpec('standard', 1));
  for (const session of [...sessions, trusted]) {
    for (const held of crowd.grid.heldBy(session)) crowd.grid.report(held);
  }
  crowd.grid.submit(4, tierSpec('standard', 3));
  for (const held of crowd.grid.heldBy(trusted)) crowd.grid.report(held);
  expect(crowd.grid.view(4).tasks.final).toBeGreaterThan(0);
});

describe('a module that is not deterministic', () => {
  test('[VA25] is noticed at its first tasks, and its job paused with the reason', () => {
    const crowd = new Crowd();
    const sessions = [0, 1, 2, 3].map((number) => crowd.join(number));
    crowd.grid.submit(1, tierSpec('standard', 1_000));
    for (let round = 0; round < 40 && crowd.grid.view().state === 'running'; round++) {
      for (const held of [...crowd.grid.held.values()]) {
        if (!crowd.grid.held.has(held.lease)) continue;
        crowd.grid.report(held, {
          resultOf: (index) => index * 10 + sessions.indexOf(held.session),
        });
      }
      crowd.rest();
    }
    expect(crowd.grid.view()).toMatchObject({ state: 'paused', tasks: { final: 0 } });
    expect(crowd.grid.view().reason).toContain('differ from volunteer to volunteer');
    expect(crowd.grid.view().tasks.waiting).toBeGreaterThan(990);
  });

  test('[VA25] three tasks are compared before the others are handed out', () => {
    const crowd = new Crowd();
    const [a] = [crowd.join(0), crowd.join(1)];
    crowd.grid.submit(1, tierSpec('standard', 1_000));
    for (let i = 0; i < 20; i++) {
      for (const held of crowd.grid.heldBy(a)) crowd.grid.report(held);
    }
    expect(crowd.grid.view().tasks.waiting).toBe(997);
    crowd.work();
    crowd.expectOnlyRight(1_000);
  });
});

test('[VA16] results within a tolerance agree, and the medoid of them is final', () => {
  const crowd = new Crowd();
  crowd.grid.submit(1, tierSpec('standard', 1, { compare: { kind: 'float', abs: 1 } }));
  const values = [10, 11, 12];
  const sessions = values.map((_, number) => crowd.join(number));
  sessions.forEach((session, i) => {
    for (const held of crowd.grid.heldBy(session)) {
      crowd.grid.report(held, { resultOf: () => values[i] });
    }
  });
  crowd.grid.pass(5_000, sessions);
  expect(crowd.values().get(0)).toBe(11);
});

test('[VA21] what a module is known for says little of another', () => {
  const crowd = new Crowd();
  for (const number of [0, 1]) crowd.join(number);
  crowd.grid.submit(1, tierSpec('standard', 300));
  crowd.work();
  const program = testSpec().program;
  const module = { ...program.module, code: { shard: testShard(9), bytes: 100 } };
  crowd.executions = 0;
  crowd.grid.submit(2, tierSpec('standard', 40, { program: { ...program, module } }));
  crowd.work(2_000, 2);
  crowd.expectOnlyRight(40, 2);
  expect(crowd.executions).toBeGreaterThanOrEqual(79);
});

test('[VA36] results too large to be compared within a tolerance pause the job, and nobody is blamed', () => {
  const crowd = new Crowd();
  const { grid } = crowd;
  const size = 8 * 1024 * 1024;
  const {
    program,
    tier: _,
    ...spec
  } = tierSpec('standard', 1, {
    compare: { kind: 'float', abs: 1 },
  });
  grid.submit(1, { ...spec, program: { ...program, outputBytesMax: 2 * size } });
  for (let number = 0; number < 4; number++) {
    const lease = grid.first(crowd.join(number));
    // All are far from each other, which the first byte tells.
    grid.report(lease, { resultOf: () => new Uint8Array(size - 64).fill(50 * number, 0, 1) });
    expect(grid.view().state).toBe(number < 3 ? 'running' : 'paused');
  }
  expect(crowd.sentences()).toContain('too large to be compared within a tolerance');
  expect(grid.recordsOf('volunteers-disagreed')).toEqual([]);
});
