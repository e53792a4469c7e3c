// What a restart must keep. The crash tests run a small random world once, and then end it after each of its effects in
// turn: what survives an effect is the records before it, so the coordinator is made again from every prefix of the
// journal, some of them twice in a row, and has to bring everything to its end. The volunteers of these worlds forget
// their leases; those that keep them are in resume.test.ts and in the simulator.
import { encodeValue, hasEnded, type Inputs, must, Prng, type Quorum } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { Coordinator } from './coordinator.ts';
import type { JournalRecord, ReplayedRecord } from './effect.ts';
import {
  QUORUM_1,
  QUORUM_2,
  sent,
  square,
  TestGrid,
  testJobId,
  testShard,
  testSpec,
  testVolunteerId,
} from './test-grid.ts';

const LIMITS = { leaseMsMin: 20_000, benchMs: 1_000, replicaSpansMax: 8 };
const TABS = 5;

interface Plan {
  readonly seed: number;
  readonly quorum: Quorum;
  readonly tasks: number;
  readonly isList: boolean;
}

/** Tab 0 lies about every third task where votes can find out. */
function answerOf(plan: Plan, tab: number): (index: number) => unknown {
  const isLiar = plan.quorum.minQuorum > 1 && tab === 0;
  return (index) => (isLiar && index % 3 === 0 ? -1 : square(index));
}

class World {
  readonly grid: TestGrid;
  readonly plan: Plan;
  readonly #prng: Prng;
  readonly #tabs = new Map<number, number>();

  constructor(plan: Plan, journal: readonly JournalRecord[] = [], epoch = 1) {
    this.plan = plan;
    this.grid = new TestGrid(LIMITS, { epoch, journal });
    this.#prng = new Prng(plan.seed + epoch);
  }

  submit(): void {
    const { quorum, tasks } = this.plan;
    if (!this.plan.isList) return void this.grid.submit(1, testSpec({ tasks, quorum }));
    const half = Math.floor(tasks / 2);
    const chunk = (i: number, count: number) => ({ shard: testShard(i), bytes: 20_000, count });
    const inputs: Inputs = { kind: 'list', chunks: [chunk(20, half)], open: true };
    this.grid.submit(1, testSpec({ inputs, quorum }));
    this.extend(chunk(21, tasks - half));
  }

  extend(chunk: { shard: ReturnType<typeof testShard>; bytes: number; count: number }): void {
    const { at } = this.grid;
    this.grid.step({ type: 'job-extended', at, jobId: testJobId(1), chunk, last: true });
  }

  join(tab: number): void {
    for (const [session, other] of this.#tabs) if (other === tab) this.leave(session);
    this.#tabs.set(this.grid.join(tab, 2).session, tab);
  }

  leave(session: number): void {
    this.#tabs.delete(session);
    this.grid.leave(session as never);
  }

  /** Some things happen at random. */
  live(steps: number): void {
    for (let tab = 0; tab < 3; tab++) this.join(tab);
    for (let i = 0; i < steps && !this.isOver; i++) this.#blow();
  }

  #blow(): void {
    const dice = this.#prng.int(100);
    const held = this.#prng.pick([...this.grid.held.values()]);
    if (dice < 8) this.join(this.#prng.int(TABS));
    else if (dice < 12) this.leave(this.#prng.pick([...this.#tabs.keys()]) ?? 0);
    else if (dice < 15) this.grid.control(1, this.#prng.chance(0.4) ? 'pause' : 'resume');
    else if (dice < 25) this.grid.pass(1_000, [...this.#tabs.keys()] as never);
    else if (held && dice < 32) this.grid.fail(held, held.from, 'task-crashed');
    else if (held) this.#report(held, this.#prng.chance(0.3));
  }

  #report(held: ReturnType<TestGrid['first']>, isPart: boolean): void {
    const to = isPart ? held.from + 1 + this.#prng.int(held.to - held.from) : held.to;
    const resultOf = answerOf(this.plan, this.#tabs.get(held.session) ?? 1);
    this.grid.report(held, { to, resultOf, msPerTask: 0.5 });
    if (to < held.to) this.grid.held.set(held.lease, { ...held, from: to });
  }

  /** Everybody comes and works until nothing is left. */
  heal(): void {
    for (let tab = 0; tab < TABS; tab++) this.join(tab);
    this.grid.control(1, 'resume');
    for (let round = 0; round < 500 && !this.isOver; round++) {
      if (this.grid.held.size === 0) this.grid.pass(1_000, [...this.#tabs.keys()] as never);
      for (const held of [...this.grid.held.values()]) {
        if (this.grid.held.has(held.lease)) this.#report(held, false);
      }
    }
  }

  get isOver(): boolean {
    return hasEnded(this.grid.view().state);
  }
}

/** What the journal says of the tasks of a job, counted by other means than the machine's. */
function decided(records: readonly JournalRecord[]): Map<number, 'final' | 'failed'> {
  const fate = new Map<number, 'final' | 'failed'>();
  const decide = (index: number, how: 'final' | 'failed') => {
    expect(fate.has(index), `task ${index} is decided twice`).toBe(false);
    fate.set(index, how);
  };
  for (const record of records) {
    if (record.type === 'task-failed') decide(record.index, 'failed');
    if (record.type !== 'tasks-final') continue;
    for (let i = record.column.from; i < record.column.to; i++) decide(i, 'final');
  }
  return fate;
}

function expectSoundVotes(records: readonly JournalRecord[], { minQuorum }: Quorum): void {
  const votes = new Set<string>();
  for (const record of records) {
    if (record.type === 'tasks-final') {
      expect(new Set(record.voters).size).toBe(record.voters.length);
      expect(record.voters.length).toBeGreaterThanOrEqual(minQuorum);
      const { column } = record;
      for (let i = column.from; i < column.to; i++)
        expect(column.value(i)).toEqual(encodeValue(square(i)));
    }
    if (record.type !== 'vote-received') continue;
    for (let i = record.column.from; i < record.column.to; i++) {
      const vote = `${record.volunteer} ${i}`;
      expect(votes.has(vote), vote).toBe(false);
      votes.add(vote);
    }
  }
}

function expectRestored(grid: TestGrid, prefix: readonly JournalRecord[]): void {
  const fate = [...decided(prefix).values()];
  const { final, failed } = grid.view().tasks;
  expect({ final, failed }).toEqual({
    final: fate.filter((how) => how === 'final').length,
    failed: fate.filter((how) => how === 'failed').length,
  });
}

function plans(seed: number): Plan[] {
  const three = { ...QUORUM_2, targetResults: 3, maxSuccessResults: 4 };
  return [
    { seed, quorum: QUORUM_1, tasks: 40, isList: false },
    { seed, quorum: QUORUM_2, tasks: 30, isList: true },
    { seed, quorum: { ...QUORUM_2, minQuorum: 3 }, tasks: 24, isList: false },
    { seed, quorum: three, tasks: 24, isList: false },
  ];
}

function crashEverywhere(plan: Plan): number {
  const first = new World(plan);
  first.submit();
  first.live(120);
  first.heal();
  const { records } = first.grid;
  for (let survived = 1; survived <= records.length; survived++) {
    const prefix = records.slice(0, survived);
    const second = new World(plan, prefix, 2);
    expectRestored(second.grid, prefix);
    if (survived % 3 === 0) second.live(20);
    const again = survived % 3 === 0 ? new World(plan, second.grid.records, 3) : second;
    finish(again, prefix);
  }
  return records.length;
}

function finish(world: World, prefix: readonly JournalRecord[]): void {
  const { grid, plan } = world;
  const isWhole = !plan.isList || prefix.some(({ type }) => type === 'job-extended');
  if (!isWhole) {
    const count = plan.tasks - Math.floor(plan.tasks / 2);
    world.extend({ shard: testShard(21), bytes: 20_000, count });
  }
  world.heal();
  expect(world.isOver, JSON.stringify(grid.machine.explain(testJobId(1)))).toBe(true);
  expect(decided(grid.records).size).toBe(plan.tasks);
  expectSoundVotes(grid.records, plan.quorum);
  expect(grid.recordsOf('job-state').filter(({ state }) => hasEnded(state))).toHaveLength(1);
}

describe('a crash after any effect', { timeout: 60_000 }, () => {
  const seeds = Array.from({ length: Number(process.env.WORLDS ?? 3) }, (_, i) => i + 1);
  test.each(seeds.flatMap(plans))(
    '[CO60] seed $seed, $quorum.minQuorum of $quorum.targetResults: every task ends exactly once over all lives',
    (plan) => {
      expect(crashEverywhere(plan)).toBeGreaterThan(plan.isList ? 4 : 3);
    },
  );
});

describe('replay', () => {
  function jobOf(spec = testSpec({ tasks: 10_000, quorum: QUORUM_2 })): ReplayedRecord {
    return { type: 'job-submitted', at: 5, jobId: testJobId(1), owner: 'ann', spec };
  }
  function finalOf(from: number, to: number, voters = [0, 1]): ReplayedRecord {
    const ids = voters.map(testVolunteerId);
    return { type: 'tasks-final', at: 7, jobId: testJobId(1), from, to, voters: ids };
  }
  function setup(...records: ReplayedRecord[]) {
    const machine = new Coordinator({ seed: 1, epoch: 2, limits: LIMITS });
    for (const record of records) machine.replay(record);
    machine.check();
    const view = () => must(machine.job(testJobId(1)), 'the job is known');
    return { machine, view };
  }
  /** The same in the hands of a test, with records as they were appended. */
  function revive(grid: TestGrid): TestGrid {
    const next = new TestGrid(LIMITS, { epoch: 2, journal: grid.records });
    next.at = grid.at;
    return next;
  }

  test('[CO61] hands out nothing that is final, and the gaps before anything fresh', () => {
    const { machine } = setup(
      jobOf(),
      finalOf(0, 4_200),
      finalOf(4_300, 5_000),
      finalOf(9_000, 9_001),
    );
    expect(machine.job(testJobId(1))?.tasks).toMatchObject({ final: 4_901, waiting: 5_099 });
    const grid = new TestGrid(LIMITS);
    grid.submit(1, testSpec({ tasks: 100 }));
    const { session } = grid.join(1);
    grid.report(grid.first(session));
    const held = grid.first(session);
    const next = revive(grid);
    next.join(2);
    const [again] = [...next.held.values()];
    expect(again?.from).toBe(held.from);
  });

  test('[CO62] the same decision twice counts once, and a part of it only where it is new', () => {
    const { view } = setup(
      jobOf(),
      finalOf(0, 10),
      finalOf(0, 10),
      finalOf(5, 12),
      finalOf(0, 4_100),
    );
    expect(view().tasks).toMatchObject({ final: 4_100, failed: 0 });
    expect(view().volunteers).toMatchObject([{ tasks: 4_100 }, { tasks: 4_100 }]);
  });

  test('[CO63] what fits nothing is left out', () => {
    const unknown = { ...finalOf(0, 5), jobId: testJobId(9) } as ReplayedRecord;
    const over = {
      type: 'job-state',
      at: 8,
      jobId: testJobId(1),
      state: 'done',
      reason: '',
    } as const;
    const { view, machine } = setup(
      unknown,
      finalOf(0, 5),
      jobOf(),
      jobOf(),
      finalOf(9_999, 10_001),
      finalOf(-4, 2),
      finalOf(3, 3),
      finalOf(0.5, 3),
      { ...over, state: 'running' },
      { type: 'job-extended', at: 8, jobId: testJobId(1), chunk: undefined, last: true },
      over,
      finalOf(0, 5),
      over,
      jobOf(),
    );
    expect(view()).toMatchObject({ state: 'done', endedAt: 8, tasks: { final: 0, total: 10_000 } });
    expect(machine.totals()).toMatchObject({ jobs: 0, final: 0 });
  });

  test('[CO64] says nothing before the first step, and then ends what was complete', () => {
    const { machine } = setup(jobOf(testSpec({ tasks: 5 })), finalOf(0, 5, [1]));
    expect(machine.wakeAt()).toBe(0);
    expect(machine.step({ type: 'tick', at: 9_000 })).toMatchObject([
      { type: 'append', record: { type: 'job-state', at: 9_000, state: 'done' } },
    ]);
    expect(() => machine.replay(jobOf())).toThrow('before the first step');
  });

  test('[CO65] a task whose last vote was written and whose failure was not fails', () => {
    const quorum = { ...QUORUM_2, maxSuccessResults: 2, maxTotalResults: 2 };
    const grid = new TestGrid(LIMITS);
    const tabs = [0, 1].map((tab) => grid.join(tab).session);
    grid.submit(1, testSpec({ tasks: 1, quorum }));
    for (const tab of tabs) grid.report(grid.first(tab), { resultOf: () => `${tab}` });
    const kept = grid.records.filter(({ type }) => type !== 'task-failed' && type !== 'job-state');
    expect(kept).toHaveLength(grid.records.length - 2);
    const next = new TestGrid(LIMITS, { epoch: 2, journal: kept });
    next.tick();
    expect(next.recordsOf('task-failed')).toMatchObject([{ index: 0, code: 'no-consensus' }]);
    expect(next.view().state).toBe('failed');
  });

  test('[CO66] who voted does not vote again, and its vote still counts', () => {
    const grid = new TestGrid(LIMITS);
    const { session } = grid.join(1);
    grid.submit(1, testSpec({ tasks: 1, quorum: QUORUM_2 }));
    grid.report(grid.first(session));
    const next = revive(grid);
    expect(next.view().tasks).toMatchObject({ provisional: 1 });
    expect(sent(next.join(1).effects, 'assign')).toEqual([]);
    const other = next.join(2).session;
    next.report(next.first(other));
    expect(next.recordsOf('tasks-final')).toMatchObject([{ voters: [1, 2].map(testVolunteerId) }]);
  });

  test('[CO66] votes that differ ask for another after a restart as before', () => {
    const grid = new TestGrid(LIMITS);
    const tabs = [0, 1].map((tab) => grid.join(tab).session);
    grid.submit(1, testSpec({ tasks: 1, quorum: QUORUM_2 }));
    for (const tab of tabs) grid.report(grid.first(tab), { resultOf: () => Number(tab) });
    const next = revive(grid);
    next.tick();
    const third = next.join(2).session;
    next.report(next.first(third), { resultOf: () => Number(tabs[0]) });
    expect(next.recordsOf('tasks-final')).toMatchObject([{ voters: [0, 2].map(testVolunteerId) }]);
    expect(next.recordsOf('volunteers-disagreed')).toHaveLength(1);
  });

  test('[CO67] whoever was shut out stays out, and whoever was right is remembered', () => {
    const grid = new TestGrid(LIMITS);
    for (let tab = 0; tab < 3; tab++) grid.join(tab);
    grid.submit(1, testSpec({ tasks: 30, quorum: QUORUM_2 }));
    grid.run((index, session) => (session === 1 ? -1 : square(index)));
    const before = grid.machine.nodes();
    expect(before.map(({ state }) => state)).toContain('quarantined');
    const next = revive(grid);
    next.submit(2, testSpec({ tasks: 30, quorum: QUORUM_2 }));
    for (let tab = 0; tab < 3; tab++) next.join(tab);
    const counts = (nodes: typeof before) =>
      nodes.map(({ volunteer, valid, invalid }) => ({ volunteer, valid, invalid }));
    expect(counts(next.machine.nodes())).toEqual(counts(before));
    expect([...next.held.values()].map(({ session }) => Number(session))).not.toContain(1);
    expect(next.machine.disagreements(testJobId(1))).toEqual(
      grid.machine.disagreements(testJobId(1)),
    );
  });

  test('[CO68] a job is paused, open, ended and kept by tabs as it was', () => {
    const grid = new TestGrid(LIMITS);
    const chunks = [{ shard: testShard(9), bytes: 50_000, count: 5 }];
    const inputs: Inputs = { kind: 'list', chunks, open: true };
    grid.submit(1, testSpec({ inputs }));
    grid.control(1, 'pause');
    grid.submit(2);
    grid.control(2, 'cancel');
    const next = revive(grid);
    const strip = (g: TestGrid) => g.machine.jobs().map((view) => ({ ...view, etaMs: undefined }));
    expect(strip(next)).toEqual(strip(grid));
    expect(sent(next.join(1).effects, 'replicate')).toMatchObject([{ shard: testShard(9) }]);
    expect(next.held.size).toBe(0);
  });

  test('[CO69] a million tasks half done are there again', () => {
    const machine = new Coordinator({ seed: 1, epoch: 2 });
    const records = [jobOf(testSpec({ tasks: 3_000_000, quorum: QUORUM_1 }))];
    const one = finalOf(0, 1, [3]);
    for (let i = 0; i < 500_000; i++) records.push({ ...one, from: i, to: i + 1 } as typeof one);
    for (let i = 0; i < 250; i++) {
      const from = 503_808 + i * 4_096;
      records.push(finalOf(from, from + 4_096, [i]));
    }
    for (const record of records) machine.replay(record);
    machine.check();
    expect(machine.totals()).toMatchObject({ final: 500_000 + 250 * 4_096 });
  });
});
