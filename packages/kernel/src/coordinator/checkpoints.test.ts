import { describe, expect, test } from 'vitest';
import { QUORUM_1, QUORUM_2, sent, TestGrid, testSpec } from './test-grid.ts';

const STATE = Uint8Array.of(7);

function lostTask(quorum: typeof QUORUM_1) {
  const grid = new TestGrid();
  const { session } = grid.join(1);
  grid.submit(1, testSpec({ tasks: 1, quorum }));
  const { lease } = grid.first(session);
  grid.say(session, { type: 'checkpoint', lease, index: 0, state: STATE });
  return { grid, session, lease };
}

describe('checkpoints', () => {
  test('[CO160] whoever gets a task that was given back goes on from its checkpoint', () => {
    const { grid, session, lease } = lostTask(QUORUM_1);
    grid.join(2);
    const effects = grid.say(session, { type: 'leases-returned', leases: [lease], reason: 'x' });
    const [assign] = sent(effects, 'assign');
    expect(assign).toMatchObject({ checkpoint: { index: 0, state: STATE } });
  });

  test('[CO161] where results are voted on nobody goes on from the work of another', () => {
    const { grid, session } = lostTask(QUORUM_2);
    grid.leave(session);
    const { session: other, effects } = grid.join(2);
    const assigned = [...sent(effects, 'assign'), ...sent(grid.pass(120_000, [other]), 'assign')];
    expect(assigned.length).toBeGreaterThan(0);
    for (const assign of assigned) expect(assign).not.toHaveProperty('checkpoint');
  });

  test('[CO161] an identity that comes back goes on from its own work, whatever is voted on', () => {
    const { grid, session } = lostTask(QUORUM_2);
    const { session: other } = grid.join(2);
    const { lease } = grid.first(other);
    grid.say(other, { type: 'checkpoint', lease, index: 0, state: Uint8Array.of(8) });
    grid.leave(session);
    grid.pass(120_000, [other]);
    const { session: again, effects } = grid.join(1);
    const assigned = [...sent(effects, 'assign'), ...sent(grid.heartbeat(again), 'assign')];
    expect(assigned[0]).toMatchObject({ checkpoint: { index: 0, state: STATE } });
  });

  test('[CO161] in a job of a tier anybody goes on from the work of somebody trusted', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1, 1, { trusted: true });
    grid.submit(1, testSpec({ tasks: 1, quorum: QUORUM_2, tier: 'standard' }));
    const { lease } = grid.first(session);
    grid.say(session, { type: 'checkpoint', lease, index: 0, state: STATE });
    grid.leave(session);
    const { session: other, effects } = grid.join(2);
    const assigned = [...sent(effects, 'assign'), ...sent(grid.pass(120_000, [other]), 'assign')];
    expect(assigned[0]).toMatchObject({ checkpoint: { index: 0, state: STATE } });
  });

  test('[CO160] one of a lease or a task that the volunteer does not have is not kept', () => {
    const grid = new TestGrid();
    const { session } = grid.join(1);
    const { session: other } = grid.join(2);
    grid.submit(1, testSpec({ tasks: 1, quorum: QUORUM_1 }));
    const { lease } = grid.first(session);
    grid.say(other, { type: 'checkpoint', lease, index: 0, state: STATE });
    grid.say(session, { type: 'checkpoint', lease, index: 1, state: STATE });
    const effects = grid.say(session, { type: 'leases-returned', leases: [lease], reason: 'x' });
    for (const assign of sent(effects, 'assign')) expect(assign).not.toHaveProperty('checkpoint');
  });
});
