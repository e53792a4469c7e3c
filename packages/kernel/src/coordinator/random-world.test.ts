// A small random world around the machine, with its own idea of what must hold: every task ends exactly once, a quorum
// is of distinct identities, honest majorities win, and after the faults stop everything finishes. The machine checks
// its numbered invariants after every step. Lost and reordered frames are the simulator's part (packages/sim).
import {
  type Check,
  decodeValue,
  encodeValue,
  Prng,
  type Quorum,
  type SessionId,
} from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import type { JournalRecord } from './effect.ts';
import {
  type Held,
  QUORUM_1,
  QUORUM_2,
  sent,
  square,
  TestGrid,
  testJobId,
  testShard,
  testSpec,
} from './test-grid.ts';

interface Tab {
  readonly number: number;
  readonly isLiar: boolean;
  session: SessionId | undefined;
}

interface Weather {
  readonly lies: boolean;
  readonly errors: boolean;
}

class RandomWorld {
  readonly grid = new TestGrid({ leaseMsMin: 20_000, benchMs: 1_000, replicaSpansMax: 8 });
  readonly prng: Prng;
  readonly tabs: Tab[];
  readonly stale: Held[] = [];
  readonly weather: Weather;

  constructor(seed: number, weather: Weather) {
    this.prng = new Prng(seed);
    this.weather = weather;
    const count = 4 + this.prng.int(4);
    this.tabs = Array.from({ length: count }, (_, number) => ({
      number,
      isLiar: weather.lies && number === 0,
      session: undefined,
    }));
  }

  get here(): Tab[] {
    return this.tabs.filter((tab) => tab.session !== undefined);
  }

  /** One random thing happens. */
  blow(): void {
    const dice = this.prng.int(100);
    if (dice < 55) this.reportSome();
    else if (dice < 62) this.join();
    else if (dice < 66) this.leave();
    else if (dice < 72) this.errOnSome();
    else if (dice < 75) this.returnSome();
    else if (dice < 80) this.replay();
    else if (dice < 90) this.wait(this.prng.int(3_000));
    else if (dice < 92) this.wait(this.prng.int(30_000));
    else if (dice < 96) this.beat();
    else this.steer();
  }

  join(): void {
    const tab = this.prng.pick(this.tabs);
    if (!tab) return;
    // A second link of the same identity replaces the first.
    this.forget(tab);
    const { session, effects } = this.grid.join(tab.number, 1 + this.prng.int(3));
    tab.session = session;
    this.notice(effects);
  }

  leave(): void {
    const tab = this.prng.pick(this.here);
    if (tab?.session === undefined) return;
    const { session } = tab;
    this.forget(tab);
    this.grid.leave(session);
  }

  forget(tab: Tab): void {
    if (tab.session === undefined) return;
    const held = this.grid.heldBy(tab.session);
    this.stale.push(...held);
    for (const { lease } of held) this.grid.held.delete(lease);
    tab.session = undefined;
  }

  reportSome(): void {
    const held = this.prng.pick([...this.grid.held.values()]);
    if (!held) return;
    const from = this.prng.chance(0.2) ? held.from + this.prng.int(held.to - held.from) : held.from;
    const to = this.prng.chance(0.3) ? from + 1 + this.prng.int(held.to - from) : held.to;
    this.notice(this.grid.report(held, { resultOf: this.truthOf(held), from, to, msPerTask: 0.5 }));
    if (from > held.from && to === held.to) this.grid.held.set(held.lease, held);
  }

  /** The liar lies about every third task, so that most spans fall apart. */
  truthOf({ session, check, from }: Held): (index: number) => unknown {
    const isLiar = this.tabs.some((tab) => tab.session === session && tab.isLiar);
    const isLie = (index: number) => isLiar && index % 3 === 0;
    if (!check) return (index) => (isLie(index) ? -1 : square(index));
    const asked = decodeValue(check) as unknown[];
    return (index) => (asked[index - from] === square(index)) !== isLie(index);
  }

  errOnSome(): void {
    const held = this.prng.pick([...this.grid.held.values()]);
    if (!held || !this.weather.errors) return;
    const index = held.from + this.prng.int(held.to - held.from);
    const code = this.prng.pick(['task-threw', 'task-timeout', 'task-crashed'] as const);
    this.notice(this.grid.fail(held, index, code, `error ${this.prng.int(2)}`));
    if (index === held.to - 1 && held.to - held.from > 1) this.grid.held.set(held.lease, held);
  }

  returnSome(): void {
    const held = this.prng.pick([...this.grid.held.values()]);
    if (!held) return;
    this.grid.held.delete(held.lease);
    this.stale.push(held);
    const leases = [held.lease];
    const reason = 'random';
    this.notice(this.grid.say(held.session, { type: 'leases-returned', leases, reason }));
  }

  /** What was given up is reported all the same, by its old holder and by others. */
  replay(): void {
    const held = this.prng.pick(this.stale);
    const tab = this.prng.pick(this.here);
    if (!held || tab?.session === undefined) return;
    const before = this.grid.records.length;
    const effects = this.grid.report(
      { ...held, session: tab.session },
      { resultOf: () => 'replayed', msPerTask: 0 },
    );
    expect(sent(effects, 'reject')).toMatchObject([{ code: 'lease-stale' }]);
    expect(this.grid.records.length).toBe(before);
  }

  wait(ms: number): void {
    const alive = this.here.filter(() => this.prng.chance(0.9));
    const sessions = alive.map((tab) => tab.session).filter((session) => session !== undefined);
    this.notice(this.grid.pass(ms, sessions));
  }

  beat(): void {
    const tab = this.prng.pick(this.here);
    if (tab?.session === undefined) return;
    this.notice(this.grid.heartbeat(tab.session, this.prng.int(4), this.prng.chance(0.8)));
  }

  steer(): void {
    this.notice(this.grid.control(1, this.prng.chance(0.3) ? 'pause' : 'resume'));
  }

  notice(effects: ReturnType<TestGrid['step']>): void {
    for (const effect of effects) {
      if (effect.type !== 'close') continue;
      for (const tab of this.tabs) if (tab.session === effect.session) tab.session = undefined;
    }
  }

  /** The faults stop: everybody comes, and works until nothing is left. */
  heal(): void {
    for (const tab of this.tabs) {
      this.forget(tab);
      const joined = this.grid.join(tab.number, 2, { trusted: tab.number === 1 });
      tab.session = joined.session;
    }
    this.notice(this.grid.control(1, 'resume'));
    for (let round = 0; round < 3_000 && this.isBusy(); round++) {
      if (this.grid.held.size === 0) this.wait(1_000);
      for (const held of [...this.grid.held.values()]) {
        if (!this.grid.held.has(held.lease)) continue;
        const resultOf = this.truthOf(held);
        this.notice(this.grid.report(held, { resultOf, msPerTask: 0.01 }));
      }
    }
  }

  isBusy(): boolean {
    const { state } = this.grid.view();
    return state === 'running' || state === 'paused';
  }
}

/** How often each task of a job was decided. */
function decisions(records: readonly JournalRecord[]): Map<number, number> {
  const decided = new Map<number, number>();
  const decide = (index: number) => {
    decided.set(index, (decided.get(index) ?? 0) + 1);
  };
  for (const record of records) {
    if (record.type === 'task-failed') decide(record.index);
    if (record.type !== 'tasks-final') continue;
    for (let i = record.column.from; i < record.column.to; i++) decide(i);
  }
  return decided;
}

function expectHonest(world: RandomWorld, quorum: Quorum): void {
  for (const { column, voters } of world.grid.recordsOf('tasks-final')) {
    expect(new Set(voters).size).toBe(voters.length);
    // A trusted one decides alone where credibility does.
    if (world.grid.view().tier === undefined)
      expect(voters.length).toBeGreaterThanOrEqual(quorum.minQuorum);
    if (quorum.minQuorum === 1) continue;
    for (let i = column.from; i < column.to; i++)
      expect(column.value(i)).toEqual(encodeValue(square(i)));
  }
}

/** The second of three parts, over two pages. */
const PART = {
  jobs: [testJobId(7), testJobId(1), testJobId(8)],
  bounds: [0, 4_000, 7_000, 9_000],
  at: 1,
};

interface LifeOptions {
  readonly quorum: Quorum;
  readonly weather: Weather;
  readonly isList?: boolean;
  readonly isPart?: boolean;
  readonly check?: Check;
}

function live(seed: number, options: LifeOptions): void {
  const world = new RandomWorld(seed, options.weather);
  const total = 3_000;
  const first = options.isPart ? PART.at * 4_000 : 0;
  const chunks = Array.from({ length: options.isPart ? 18 : 6 }, (_, i) => ({
    shard: testShard(i + 9),
    bytes: 90,
    count: 500,
  }));
  const inputs = { kind: 'list', chunks, open: false } as const;
  const { quorum } = options;
  for (let i = 0; i < 3; i++) world.join();
  const inputsOf = options.isList ? { inputs } : { tasks: options.isPart ? 9_000 : total };
  const part = options.isPart ? { part: PART } : {};
  const spec = testSpec({ ...inputsOf, quorum, ...part });
  const program = { ...spec.program, ...(options.check ? { check: options.check } : {}) };
  world.grid.submit(1, options.check ? { ...spec, program, tier: 'standard' } : spec);
  for (let i = 0; i < 150 && world.isBusy(); i++) world.blow();
  world.heal();
  expect(world.isBusy(), JSON.stringify(world.grid.machine.explain(testJobId(1)))).toBe(false);
  const decided = [...decisions(world.grid.records)].sort(([a], [b]) => a - b);
  expect(decided).toEqual(Array.from({ length: total }, (_, i) => [first + i, 1]));
  expectHonest(world, quorum);
  expect(world.grid.machine.totals()).toMatchObject({ jobs: 0, running: 0 });
}

describe('a random world', { timeout: 30_000 }, () => {
  const seeds = Array.from({ length: Number(process.env.WORLDS ?? 12) }, (_, i) => i + 1);
  test.each(seeds)('[CO1] %i: one result is enough, everything ends exactly once', (seed) => {
    live(seed, { quorum: QUORUM_1, weather: { lies: false, errors: true } });
  });
  test.each(seeds)('[CO1] %i: two results and a liar, everything ends exactly once', (seed) => {
    live(seed + 1_000, { quorum: QUORUM_2, weather: { lies: true, errors: false } });
  });
  test.each(seeds)('[CO241] %i: a part has its own tasks, by the numbers of the whole', (seed) => {
    const quorum = { ...QUORUM_2, targetResults: 3, maxErrorResults: 5, maxTotalResults: 30 };
    const weather = { lies: true, errors: true };
    live(seed + 3_000, { quorum, weather, isList: seed % 2 === 0, isPart: true });
  });
  test.each(seeds)('[CO1] %i: a list, a liar and errors, everything ends exactly once', (seed) => {
    const quorum = { ...QUORUM_2, targetResults: 3, maxErrorResults: 5, maxTotalResults: 30 };
    live(seed + 2_000, { quorum, weather: { lies: true, errors: true }, isList: true });
  });
  test.each(seeds)('[VA30] %i: results that are checked, a liar and errors', (seed) => {
    const quorum = { ...QUORUM_2, maxErrorResults: 5, maxTotalResults: 64, maxSuccessResults: 64 };
    const check = { kind: 'verify', export: 'verify' } as const;
    live(seed + 3_000, { quorum, weather: { lies: true, errors: true }, check });
  });
});
