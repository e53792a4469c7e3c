// Leases that outlive a link and a coordinator. The crash test at the end runs a small world whose tabs keep what they
// hold, once for every effect, and lets the coordinator die right after that one: what was said until then is known to
// the tabs, and of the records only those before it survive.
import { encodeValue, hasEnded, must, Prng, type SessionId } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { Coordinator } from './coordinator.ts';
import type { CoordinatorEffect, JournalRecord } from './effect.ts';
import type { CoordinatorEvent, WorkMessage } from './event.ts';
import {
  columnBytes,
  type Held,
  QUORUM_1,
  QUORUM_2,
  replayed,
  sent,
  square,
  TestGrid,
  testJobId,
  testSpec,
  testVolunteerId,
} from './test-grid.ts';

const claimOf = (held: Held, changes: object = {}) => {
  const { lease, jobId, from, to, proof } = held;
  return { lease, jobId, from, to, proof, next: from, ...changes };
};

function resume(grid: TestGrid, session: SessionId, held: Held, changes: object = {}) {
  const effects = grid.say(session, { type: 'resume', leases: [claimOf(held, changes)] });
  return { effects, rejected: sent(effects, 'reject'), revoked: sent(effects, 'revoke') };
}

/** A volunteer whose link breaks while it holds a lease of several tasks. */
function broken(quorum = QUORUM_1, tasks = 40) {
  const grid = new TestGrid();
  const { session } = grid.join(1);
  grid.submit(1, testSpec({ tasks, quorum }));
  grid.report(grid.first(session));
  const held = must(
    grid.heldBy(session).find(({ from, to }) => to - from > 1),
    'a bundle',
  );
  const others = grid.heldBy(session).filter(({ lease }) => lease !== held.lease);
  const breakLink = () => grid.leave(session);
  return { grid, session, held, others, breakLink };
}

/** A new link of the volunteer that accepts nothing new, so that a test sees only what it takes up again. */
function back(grid: TestGrid, number = 1): SessionId {
  grid.control(1, 'pause');
  const { session } = grid.join(number);
  return session;
}

describe('a lease', () => {
  test('[LE20] whose link broke is taken up again, and its results count', () => {
    const { grid, held, breakLink } = broken();
    breakLink();
    const session = back(grid);
    expect(grid.view().tasks.running).toBe(0);
    const { rejected, revoked } = resume(grid, session, held);
    expect([...rejected, ...revoked]).toEqual([]);
    expect(grid.view().tasks.running).toBe(held.to - held.from);
    grid.report({ ...held, session });
    expect(grid.recordsOf('tasks-final').at(-1)).toMatchObject({
      column: { from: held.from, to: held.to },
      voters: [testVolunteerId(1)],
    });
    expect(grid.machine.story(testJobId(1), held.from).map(({ text }) => text)).toContain(
      `taken up again by ${testVolunteerId(1)} under lease ${held.lease}`,
    );
  });

  test('[LE21] of an earlier life is taken up again, though nobody wrote it down', () => {
    const { grid, held } = broken();
    const next = new TestGrid({}, { epoch: 2, journal: grid.records });
    next.at = grid.at;
    const session = back(next);
    resume(next, session, held);
    expect(next.view().tasks.running).toBe(held.to - held.from);
    next.report({ ...held, session });
    expect(next.recordsOf('tasks-final').at(-1)?.column).toMatchObject({ from: held.from });
    next.control(1, 'resume');
    next.run();
    expect(next.view()).toMatchObject({ state: 'done', tasks: { final: 40 } });
  });

  test('[LE22] is refused with a proof of anything else, and nothing changes', () => {
    const { grid, held, breakLink } = broken();
    breakLink();
    const session = back(grid);
    const proof = held.proof.slice();
    proof[3] = (proof[3] ?? 0) ^ 1;
    const forged = [
      { proof },
      { proof: new Uint8Array(8) },
      { lease: held.lease + 1 },
      { from: held.from + 1 },
      { to: held.to + 1 },
      { jobId: testJobId(2) },
    ];
    for (const changes of forged) {
      const { rejected, revoked } = resume(grid, session, held, changes);
      expect(rejected).toMatchObject([{ code: 'lease-stale' }]);
      expect(revoked).toHaveLength(1);
    }
    const thief = back(grid, 2);
    expect(resume(grid, thief, held).rejected).toMatchObject([{ code: 'lease-stale' }]);
    expect(grid.view().tasks.running).toBe(0);
    const key = new Uint8Array(16);
    const other = new Coordinator({ seed: 1, epoch: 2, leaseKey: key });
    for (const record of grid.records) other.replay(replayed(record));
    const at = grid.at;
    const volunteer = testVolunteerId(1);
    const about = { session, volunteer, peer: 'p' as never, workers: 1, agent: '', road: '' };
    other.step({ type: 'volunteer-joined', at, ...about, trusted: false });
    const message: WorkMessage = { type: 'resume', leases: [claimOf(held)] };
    const effects = other.step({ type: 'message-received', at, session, message });
    expect(sent(effects, 'reject')).toMatchObject([{ code: 'lease-stale' }]);
  });

  test('[LE22] that is live is not taken over by anybody', () => {
    const { grid, session, held } = broken();
    const thief = back(grid, 2);
    expect(resume(grid, thief, held).rejected).toHaveLength(1);
    expect(resume(grid, session, held)).toMatchObject({ rejected: [], revoked: [] });
    grid.report(held);
    expect(grid.view().tasks.final).toBeGreaterThan(held.to - held.from);
  });

  test('[LE23] of which nothing is left is revoked', () => {
    const { grid, held, breakLink } = broken();
    breakLink();
    const { session } = grid.join(2);
    while (grid.heldBy(session).length > 0) grid.report(grid.first(session));
    expect(grid.view().state).toBe('done');
    const again = grid.join(1).session;
    expect(resume(grid, again, held)).toMatchObject({ rejected: [], revoked: [{}] });
  });

  test('[LE23] is taken up only where its holder has neither voted nor erred', () => {
    const { grid, held, breakLink } = broken(QUORUM_2);
    grid.report(held, { to: held.from + 1 });
    grid.fail(held, held.from + 1, 'task-timeout');
    breakLink();
    const session = back(grid);
    resume(grid, session, held);
    expect(grid.view().tasks.running).toBe(held.to - held.from - 2);
    grid.report({ ...held, session });
    const votes = grid.recordsOf('vote-received').map(({ column }) => [column.from, column.to]);
    expect(votes.slice(-2)).toEqual([
      [held.from, held.from + 1],
      [held.from + 2, held.to],
    ]);
  });

  test('[LE24] that ran out or was given back is not taken up again, nor one that is long gone', () => {
    const { grid, session, held, others, breakLink } = broken();
    grid.say(session, { type: 'leases-returned', leases: [held.lease], reason: 'test' });
    grid.control(1, 'pause');
    expect(resume(grid, session, held).revoked).toHaveLength(1);
    const [other] = others;
    if (other) {
      grid.pass(100_000, [session]);
      expect(resume(grid, session, other).revoked).toHaveLength(1);
    }
    breakLink();
    expect(resume(grid, back(grid), held).revoked).toHaveLength(1);
    const late = broken();
    late.breakLink();
    late.grid.pass(15 * 60_000 + 1);
    expect(resume(late.grid, back(late.grid), late.held).revoked).toHaveLength(1);
  });

  test('[LE24] of which a result came first, and was refused, is not taken up on that link', () => {
    const { grid, held, breakLink } = broken();
    breakLink();
    const session = back(grid);
    expect(sent(grid.report({ ...held, session }), 'revoke')).toHaveLength(1);
    expect(resume(grid, session, held).revoked).toHaveLength(1);
    expect(grid.view().tasks.running).toBe(0);
    resume(grid, back(grid), held);
    expect(grid.view().tasks.running).toBeGreaterThan(0);
  });

  test('[LE24] of an earlier life ends once', () => {
    const { grid, held } = broken();
    const next = new TestGrid({}, { epoch: 2, journal: grid.records });
    const session = back(next);
    resume(next, session, held);
    next.say(session, { type: 'leases-returned', leases: [held.lease], reason: 'test' });
    expect(resume(next, session, held).revoked).toHaveLength(1);
    next.leave(session);
    expect(resume(next, back(next), held).revoked).toHaveLength(1);
  });

  test('[LE25] that is taken up again leaves nothing to be handed out for its tasks', () => {
    const { grid, held, breakLink } = broken(QUORUM_1, 3);
    breakLink();
    const session = back(grid);
    resume(grid, session, held);
    grid.control(1, 'resume');
    const other = grid.join(2).session;
    const overlaps = grid.heldBy(other).filter(({ from, to }) => from < held.to && to > held.from);
    expect(overlaps).toEqual([]);
  });

  test('[LE25] that is taken up again takes the place of what its holder was given since', () => {
    const before = broken();
    const grid = new TestGrid({}, { epoch: 2, journal: before.grid.records });
    const { held } = before;
    const { session } = grid.join(1);
    const given = grid.heldBy(session);
    const same = given.filter(({ from, to }) => from < held.to && to > held.from);
    expect(same.length).toBeGreaterThan(0);
    const { effects } = resume(grid, session, held);
    const whole = same.filter(({ from, to }) => from >= held.from && to <= held.to);
    expect(sent(effects, 'revoke').flatMap(({ leases }) => leases)).toEqual(
      whole.map(({ lease }) => lease),
    );
    grid.report({ ...held, session });
    expect(grid.recordsOf('tasks-final').at(-1)?.column).toMatchObject({ to: held.to });
    grid.run();
    expect(grid.view()).toMatchObject({ state: 'done', tasks: { final: 40 } });
  });

  test('[LE26] covers only what is still to come under it', () => {
    const { grid, held, breakLink } = broken();
    breakLink();
    const session = back(grid);
    resume(grid, session, held, { next: held.to - 1 });
    expect(grid.view().tasks.running).toBe(1);
    grid.report({ ...held, session }, { from: held.to - 1 });
    expect(grid.view().tasks.running).toBe(0);
    expect(resume(grid, session, held, { next: held.to }).revoked).toHaveLength(1);
  });

  test('[LE27] that is taken up again and brings nothing runs out like any other', () => {
    const { grid, held, breakLink } = broken();
    breakLink();
    const session = back(grid);
    resume(grid, session, held);
    const effects = grid.pass(100_000, [session]);
    expect(sent(effects, 'revoke')).toMatchObject([{ leases: [held.lease] }]);
    expect(grid.view().tasks.running).toBe(0);
  });

  test('[LE28] that comes back is no copy that came to nothing', () => {
    const quorum = { ...QUORUM_1, maxTotalResults: 2 };
    const grid = new TestGrid();
    let { session } = grid.join(1);
    grid.submit(1, testSpec({ tasks: 1, quorum }));
    const held = grid.first(session);
    for (let i = 0; i < 5; i++) {
      grid.leave(session);
      session = back(grid);
      resume(grid, session, held);
      grid.control(1, 'resume');
    }
    grid.report({ ...held, session });
    expect(grid.view().state).toBe('done');
  });
});

class Crash extends Error {}

interface Tab {
  readonly number: number;
  session: SessionId | undefined;
  /** What it holds, and up to where it has said its results. */
  readonly held: Map<number, { held: Held; next: number }>;
}

/** Tabs that keep their leases over links and over coordinators. */
class World {
  readonly records: JournalRecord[] = [];
  readonly #prng: Prng;
  readonly #tabs: Tab[];
  readonly #crashAfter: number;
  effects = 0;
  #machine: Coordinator;
  #epoch = 1;
  #sessions = 0;
  #at = 1_000;

  constructor(seed: number, crashAfter: number) {
    this.#prng = new Prng(seed);
    this.#crashAfter = crashAfter;
    this.#machine = this.#begin();
    this.#tabs = Array.from({ length: 4 }, (_, number) => ({
      number,
      session: undefined,
      held: new Map(),
    }));
  }

  #begin(): Coordinator {
    const limits = { leaseMsMin: 20_000, benchMs: 1_000 };
    const machine = new Coordinator({ seed: 7, epoch: this.#epoch, limits });
    for (const record of this.records) machine.replay(replayed(record));
    machine.check();
    return machine;
  }

  /** To the end, with one crash. */
  run(minQuorum: 1 | 2): void {
    const quorum = minQuorum === 1 ? QUORUM_1 : QUORUM_2;
    const spec = testSpec({ tasks: 24, quorum });
    const submit = () =>
      this.#step({ type: 'job-submitted', jobId: testJobId(1), owner: 'ann', spec });
    this.#survive(() => {
      for (const tab of this.#tabs.slice(0, 2)) this.#link(tab);
      submit();
    });
    if (this.records.length === 0) submit();
    for (let i = 0; i < 60 && !this.isOver; i++) this.#survive(() => this.#blow());
    for (const tab of this.#tabs) this.#survive(() => this.#link(tab));
    for (let i = 0; i < 500 && !this.isOver; i++) this.#survive(() => this.#work(i));
  }

  get isOver(): boolean {
    return hasEnded(this.#machine.job(testJobId(1))?.state ?? 'running');
  }

  #survive(happen: () => void): void {
    try {
      happen();
    } catch (thrown) {
      if (!(thrown instanceof Crash)) throw thrown;
      this.#epoch++;
      this.#machine = this.#begin();
      const here = this.#tabs.filter(({ session }) => session !== undefined);
      for (const tab of here) this.#link(tab);
    }
  }

  #step(event: object): void {
    const told = { ...event, at: this.#at } as CoordinatorEvent;
    const effects = this.#machine.step(told);
    this.#machine.check();
    for (const effect of effects) {
      this.#perform(effect);
      if (++this.effects === this.#crashAfter) throw new Crash();
    }
  }

  #perform(effect: CoordinatorEffect): void {
    if (effect.type === 'append') this.records.push(effect.record);
    if (effect.type !== 'send') return;
    const tab = this.#tabs.find(({ session }) => session === effect.to);
    const { message } = effect;
    if (message.type === 'assign') {
      const held = { ...message, session: effect.to };
      tab?.held.set(message.lease, { held, next: message.from });
    }
    if (message.type === 'revoke') for (const lease of message.leases) tab?.held.delete(lease);
  }

  /** A new link, with which everything held is taken up again. */
  #link(tab: Tab): void {
    const session = ++this.#sessions as SessionId;
    tab.session = session;
    const volunteer = testVolunteerId(tab.number);
    const about = { session, volunteer, peer: `p${session}`, workers: 1, agent: '', road: '' };
    this.#step({ type: 'volunteer-joined', ...about, trusted: false });
    const leases = [...tab.held.values()].map(({ held, next }) => claimOf(held, { next }));
    this.#say(tab, { type: 'resume', leases });
  }

  #say(tab: Tab, message: object): void {
    const { session } = tab;
    if (session !== undefined) this.#step({ type: 'message-received', session, message });
  }

  #blow(): void {
    const tab = must(this.#prng.pick(this.#tabs), 'there are tabs');
    const dice = this.#prng.int(10);
    if (dice < 2) this.#link(tab);
    else if (dice < 3) {
      const { session } = tab;
      tab.session = undefined;
      this.#step({ type: 'volunteer-left', session, reason: 'a test' });
    } else this.#report(tab);
  }

  #work(round: number): void {
    this.#at += 500;
    for (const tab of this.#tabs) {
      this.#say(tab, { type: 'heartbeat', workers: 1, accepting: true, running: 0 });
      this.#report(tab);
    }
    if (round % 4 === 0) this.#step({ type: 'tick' });
  }

  /** Some more results of its oldest lease; without a link the tab computes on and says so later. */
  #report(tab: Tab): void {
    const [oldest] = tab.held.values();
    if (!oldest || tab.session === undefined) return;
    const { held, next } = oldest;
    const to = next + 1 + this.#prng.int(held.to - next);
    oldest.next = to;
    if (to === held.to) tab.held.delete(held.lease);
    const values = columnBytes(next, to, square);
    this.#say(tab, { type: 'results', lease: held.lease, from: next, values, busyMs: 1 });
  }
}

function expectWhole(records: readonly JournalRecord[], tasks: number, minQuorum: number): void {
  const fates = new Map<number, number>();
  const votes = new Set<string>();
  for (const record of records) {
    expect(record.type).not.toBe('task-failed');
    if (record.type !== 'tasks-final' && record.type !== 'vote-received') continue;
    for (let i = record.column.from; i < record.column.to; i++) {
      expect(record.column.value(i)).toEqual(encodeValue(square(i)));
      if (record.type === 'tasks-final') fates.set(i, (fates.get(i) ?? 0) + 1);
      else expect(votes.has(`${record.volunteer} ${i}`)).toBe(false);
      if (record.type === 'vote-received') votes.add(`${record.volunteer} ${i}`);
    }
    if (record.type === 'tasks-final') expect(new Set(record.voters).size).toBe(minQuorum);
  }
  expect([...fates.values()]).toEqual(new Array(tasks).fill(1));
}

describe('a crash after any effect', { timeout: 60_000 }, () => {
  const seeds = Array.from({ length: Number(process.env.WORLDS ?? 4) }, (_, i) => i + 1);
  test.each(seeds)('[CO60] [LE21] seed %i: tabs go on with what they had', (seed) => {
    for (const minQuorum of [1, 2] as const) {
      const whole = new World(seed, Number.POSITIVE_INFINITY);
      whole.run(minQuorum);
      for (let after = 1; after <= whole.effects; after++) {
        const world = new World(seed, after);
        world.run(minQuorum);
        expect(world.isOver, `after effect ${after}`).toBe(true);
        expectWhole(world.records, 24, minQuorum);
      }
    }
  });
});
