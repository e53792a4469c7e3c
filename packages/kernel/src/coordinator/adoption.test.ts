// A coordinator that takes over the jobs of another one while it has jobs and volunteers of its own.
import { must } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import type { Held } from './test-grid.ts';
import { QUORUM_1, QUORUM_2, replayed, sent, TestGrid, testJobId, testSpec } from './test-grid.ts';

/** The one that dies, of a later epoch than its heir, after some tasks of a job are decided. */
function dying() {
  const grid = new TestGrid({}, { epoch: 7, journal: [] });
  const { session } = grid.join(1);
  grid.submit(1, testSpec({ tasks: 60, quorum: QUORUM_1 }));
  grid.report(grid.first(session));
  const held = must(
    grid.heldBy(session).find(({ from, to }) => to - from > 1),
    'a bundle',
  );
  return { grid, held };
}

function heir() {
  const grid = new TestGrid({}, { epoch: 3, journal: [] });
  const { session } = grid.join(2);
  grid.submit(2, testSpec({ tasks: 30, quorum: QUORUM_2 }));
  return { grid, session };
}

const claimOf = ({ lease, jobId, from, to, proof }: Held) => ({
  ...{ lease, jobId, from, to, proof },
  next: from,
});

test('[SV10] a job that is taken over goes on where its journal ends, beside those that are there', () => {
  const { grid: dead } = dying();
  const { grid } = heir();
  grid.machine.adopt(dead.records.map(replayed));
  grid.machine.check();
  expect(grid.view(1).tasks.final).toBe(dead.view(1).tasks.final);
  grid.tick();
  grid.join(4);
  grid.run();
  expect([grid.view(1), grid.view(2)]).toMatchObject([
    { state: 'done', tasks: { final: 60 } },
    { state: 'done', tasks: { final: 30 } },
  ]);
  const decided = [...dead.recordsOf('tasks-final'), ...grid.recordsOf('tasks-final')];
  const ofJob = decided.filter(({ jobId }) => jobId === testJobId(1));
  expect(ofJob.reduce((sum, { column }) => sum + column.to - column.from, 0)).toBe(60);
});

test('[SV11] a lease of the one that died is taken up again at its heir, whose epoch is older', () => {
  const { grid: dead, held } = dying();
  const { grid } = heir();
  grid.machine.adopt(dead.records.map(replayed));
  const { session } = grid.join(1);
  const effects = grid.say(session, { type: 'resume', leases: [claimOf(held)] });
  // One that it was given on joining, for the same tasks, gives way.
  expect(sent(effects, 'revoke').flatMap(({ leases }) => leases)).not.toContain(held.lease);
  expect(sent(effects, 'reject')).toEqual([]);
  grid.report({ ...held, session });
  const decided = grid.recordsOf('tasks-final').filter(({ jobId }) => jobId === testJobId(1));
  const tasks = decided.reduce((sum, { column }) => sum + column.to - column.from, 0);
  expect(tasks).toBe(held.to - held.from);
});

test('[SV10] a job that is taken over twice is there once', () => {
  const { grid: dead } = dying();
  const { grid } = heir();
  for (let times = 0; times < 2; times++) grid.machine.adopt(dead.records.map(replayed));
  grid.machine.check();
  expect(
    grid.machine
      .jobs()
      .map(({ jobId }) => jobId)
      .sort(),
  ).toEqual([testJobId(1), testJobId(2)].sort());
});
