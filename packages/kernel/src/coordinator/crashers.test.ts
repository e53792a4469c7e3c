import type { SessionId } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { type Held, QUORUM_1, TestGrid, testJobId, testSpec } from './test-grid.ts';

const why = (grid: TestGrid) => grid.machine.explain(testJobId(1))?.sentences.join(' ') ?? '';

/** Everybody works; the tasks named crash the sandbox of whoever runs them. */
function work(grid: TestGrid, sessions: SessionId[], crashes: (index: number) => boolean): void {
  for (let round = 0; round < 400 && grid.view().state === 'running'; round++) {
    const [held] = grid.held.values();
    if (held) runAll(grid, held, crashes);
    else grid.pass(2_000, sessions);
  }
}

function runAll(grid: TestGrid, held: Held, crashes: (index: number) => boolean): void {
  for (let index = held.from; index < held.to && grid.held.has(held.lease); index++) {
    if (crashes(index)) grid.fail(held, index, 'task-crashed', 'out of memory');
    else grid.report(held, { from: index, to: index + 1 });
  }
}

function started(tasks: number) {
  const grid = new TestGrid();
  const sessions = [0, 1, 2].map((number) => grid.join(number).session);
  grid.submit(1, testSpec({ tasks, quorum: QUORUM_1 }));
  return { grid, sessions };
}

test('[CO210] a job whose tasks crash again and again, each alone, is in quarantine and says why', () => {
  const { grid, sessions } = started(30);
  work(grid, sessions, (index) => index % 3 === 0);
  expect(grid.view()).toMatchObject({ state: 'paused' });
  expect(grid.view().reason).toContain('in quarantine: 3 of its tasks crashed');
  expect(why(grid)).toContain('each while it ran alone');
  // A person may think better of it; it takes as much again.
  grid.control(1, 'resume');
  work(grid, sessions, (index) => index % 3 === 0);
  expect(grid.view().reason).toContain('in quarantine');
});

test('[CO210] a few bad tasks among many fail, and their job goes on', () => {
  const { grid, sessions } = started(400);
  work(grid, sessions, (index) => index > 300 && index < 305);
  expect(grid.view()).toMatchObject({ state: 'partial', tasks: { failed: 4, final: 396 } });
});

test('[CO210] tasks that take their tabs along count once they ran alone', () => {
  const grid = new TestGrid();
  grid.submit(1, testSpec({ tasks: 3, quorum: QUORUM_1 }));
  for (let tab = 0; tab < 40 && grid.view().state === 'running'; tab++) {
    const { session } = grid.join(tab);
    grid.pass(100, [session]);
    grid.leave(session);
  }
  expect(grid.view()).toMatchObject({ state: 'paused' });
  expect(why(grid)).toContain('in quarantine');
});
