import { expect, test } from 'vitest';
import { QUORUM_2, square, TestGrid, testSpec, testVolunteerId } from './test-grid.ts';

test('runs a job on three', () => {
  const grid = new TestGrid();
  for (let i = 0; i < 3; i++) grid.join(i, 2);
  grid.submit(1, testSpec({ tasks: 20_000 }));
  grid.run();
  expect(grid.view().state).toBe('done');
  const finals = grid.recordsOf('tasks-final');
  expect(finals.reduce((n, r) => n + r.column.count, 0)).toBe(20_000);
});

test('quorum 2 with a liar', () => {
  const grid = new TestGrid();
  const liar = grid.join(0, 2).session;
  for (let i = 1; i < 4; i++) grid.join(i, 2);
  grid.submit(1, testSpec({ tasks: 20_000, quorum: QUORUM_2 }));
  grid.run((index, session) => (session === liar ? -1 : square(index)));
  expect(grid.view().state).toBe('done');
  const finals = grid.recordsOf('tasks-final');
  expect(finals.reduce((n, r) => n + r.column.count, 0)).toBe(20_000);
  expect(grid.machine.nodes()[0]).toMatchObject({
    volunteer: testVolunteerId(0),
    state: 'quarantined',
  });
  for (const { column } of finals) expect(column.decode(column.from)).toBe(square(column.from));
});
