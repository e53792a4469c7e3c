// Jobs that use each engine's own Math: only results of the same engine are compared.
import type { SessionId } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { tierSpec } from './test-crowd.ts';
import { QUORUM_2, square, TestGrid, testJobId, testSpec, testVolunteerId } from './test-grid.ts';

class Engines {
  readonly grid = new TestGrid();
  readonly engineOf = new Map<SessionId, string>();

  join(number: number, engine: string, as: { trusted?: boolean } = {}): SessionId {
    const { session } = this.grid.join(number, 1, { engine, ...as });
    this.engineOf.set(session, engine);
    return session;
  }

  leave(session: SessionId): void {
    this.engineOf.delete(session);
    this.grid.leave(session);
  }

  submit(tasks: number, isTier = true): void {
    const spec = isTier ? tierSpec('standard', tasks) : testSpec({ tasks, quorum: QUORUM_2 });
    this.grid.submit(1, { ...spec, program: { ...spec.program, determinism: 'class' } });
  }

  /** Each engine's results differ in the last bit. */
  work(ms = 60_000): void {
    const end = this.grid.at + ms;
    const sessions = [...this.engineOf.keys()];
    while (this.grid.at < end && this.grid.view().endedAt === undefined) {
      const [held] = this.grid.held.values();
      if (!held) this.grid.pass(500, sessions);
      else {
        const isOther = this.engineOf.get(held.session) !== 'one';
        this.grid.report(held, {
          resultOf: (index) => square(index) + (isOther ? 0.5 : 0),
          msPerTask: 1,
        });
      }
    }
  }

  sentences(): string {
    return this.grid.machine.explain(testJobId(1))?.sentences.join(' ') ?? '';
  }
}

describe.each([
  ['a tier', true],
  ['a quorum', false],
])('with %s', (_, isTier) => {
  test('[VA37] results of one engine are compared with those of the same alone', () => {
    const world = new Engines();
    for (const number of [0, 1, 2]) world.join(number, 'one');
    for (const number of [3, 4, 5]) world.join(number, 'two');
    world.submit(300, isTier);
    world.work();
    expect(world.grid.view()).toMatchObject({ state: 'done' });
    expect(world.grid.recordsOf('volunteers-disagreed')).toEqual([]);
    const ofOne = [0, 1, 2].map(testVolunteerId);
    const seen = new Set<boolean>();
    for (const { voters } of world.grid.recordsOf('tasks-final')) {
      const isOne = new Set(voters.map((voter) => ofOne.includes(voter)));
      expect(isOne.size).toBe(1);
      for (const is of isOne) seen.add(is);
    }
    // Both had their share.
    expect(seen.size).toBe(2);
  });

  test('[VA37] one whose engine nobody else has begins nothing where others can, and the job says so', () => {
    const world = new Engines();
    for (const number of [0, 1]) world.join(number, 'one');
    const lone = world.join(2, 'two');
    world.submit(50, isTier);
    expect(world.grid.heldBy(lone)).toEqual([]);
    expect(world.sentences()).toContain('1 of the volunteers here differ from most');
    world.work();
    expect(world.grid.view()).toMatchObject({ state: 'done' });
    expect(world.grid.recordsOf('volunteers-disagreed')).toEqual([]);
  });

  test('[VA37] where nobody of an engine is left, its results are given up without blame', () => {
    const world = new Engines();
    const lone = world.join(0, 'two');
    world.submit(20, isTier);
    world.grid.report(world.grid.first(lone), { resultOf: (index) => square(index) + 0.5 });
    world.leave(lone);
    for (const number of [1, 2]) world.join(number, 'one');
    world.work();
    expect(world.grid.view()).toMatchObject({ state: 'done' });
    for (const { column } of world.grid.recordsOf('tasks-final')) {
      for (let index = column.from; index < column.to; index++) {
        expect(column.decode(index)).toBe(square(index));
      }
    }
    expect(world.grid.recordsOf('volunteers-disagreed')).toEqual([]);
  });
});
