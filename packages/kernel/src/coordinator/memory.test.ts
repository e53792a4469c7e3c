import type { JobSpec } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { TestGrid, testJobId, testSpec } from './test-grid.ts';

function needing(memoryMB: number, tasks = 2): JobSpec {
  const spec = testSpec({ tasks });
  return { ...spec, program: { ...spec.program, memoryMB } };
}

test('[RU95] a job goes to those who give a task as much memory as it requires, and to nobody else', () => {
  const grid = new TestGrid();
  const small = grid.join(1, 1, { memoryMB: 256 }).session;
  const large = grid.join(2, 1, { memoryMB: 512 }).session;
  grid.submit(1, needing(300));
  expect(grid.heldBy(small)).toEqual([]);
  // An error is no reason to ask who cannot: the one who can is asked again.
  grid.fail(grid.first(large), 0);
  grid.pass(1_000, [small, large]);
  expect(grid.heldBy(small)).toEqual([]);
  while (grid.view().state === 'running') grid.report(grid.first(large));
  expect(grid.view().state).toBe('done');
});

test('[RU95] a job that requires more than anybody here gives is refused, saying how much that is', () => {
  const grid = new TestGrid();
  grid.join(1, 1, { memoryMB: 256 });
  const event = { type: 'job-submitted', at: grid.at, jobId: testJobId(1), owner: 'ann' } as const;
  expect(grid.machine.refusal({ ...event, spec: needing(300) })).toEqual({
    code: 'infeasible',
    message:
      'The job requires 300 MB of memory for a task, and the most that a volunteer here gives is 256.',
  });
  expect(grid.machine.refusal({ ...event, spec: needing(256) })).toBeUndefined();
});

test('[RU95] where nobody is here yet it waits for whoever gives enough', () => {
  const grid = new TestGrid();
  grid.submit(1, needing(300));
  const { session } = grid.join(1, 1, { memoryMB: 256 });
  grid.pass(1_000, [session]);
  expect(grid.heldBy(session)).toEqual([]);
  expect(grid.machine.explain(grid.view().jobId)?.sentences.join()).toContain('requires 300 MB');
  // Who says nothing gives as much as any.
  const other = grid.join(2).session;
  expect(grid.heldBy(other)).not.toEqual([]);
});
