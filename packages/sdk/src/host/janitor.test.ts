import { Column, encodeValue, type JobId } from '@manytabs/protocol';
import { MemoryJournal } from '@manytabs/storage';
import { range } from 'manytabs';
import { expect, test, vi } from 'vitest';
import { MemoryGrid } from '../../test/memory-grid.ts';
import { Janitor } from './janitor.ts';
import { encodeEvent, eventsOf, rowsOf } from './records.ts';

const square = (n: number) => n * n;

test('[CO96] a job is folded while it runs and at its end, and what is left makes the same job again', async () => {
  const journal = new MemoryJournal();
  const world = new MemoryGrid({ journal, runningRecords: 20 });
  for (let i = 0; i < 3; i++) world.donate();
  const grid = await world.submitter();
  const folds = vi.spyOn(journal, 'replace');
  const job = grid.map(range(5_000), square, { quorum: 2 });
  const { length } = await job;
  expect(length).toBe(5_000);
  await vi.waitUntil(() => journal.count(eventsOf(job.id)).then((count) => count < 64));
  expect(folds.mock.calls.length).toBeGreaterThan(1);
  const before = world.host.machine.job(job.id);
  const rows = await journal.count(rowsOf(job.id));
  await world.close();

  const again = new MemoryGrid({ journal, epoch: 2 });
  await again.host.recover();
  const after = again.host.machine.job(job.id);
  expect(after).toMatchObject({ state: 'done', tasks: before?.tasks, endedAt: before?.endedAt });
  expect(after?.volunteers).toEqual(before?.volunteers);
  expect(again.host.rowCount(job.id)).toBe(rows);
  await again.close();
});

test('[CO96] a fold that is cut short by the end of the grid leaves the journal as it was', async () => {
  const journal = new MemoryJournal();
  const jobId = 'jaaaaaaaaaaaaaaaaaaaa' as JobId;
  const column = Column.parse(0, encodeValue(1));
  const final = { type: 'tasks-final', at: 1, jobId, column, voters: [] } as const;
  const records = Array.from({ length: 5_000 }, () => encodeEvent(final));
  await journal.append(1, [{ partition: eventsOf(jobId), records }]);
  const exclusively = (work: () => Promise<void>) => work();
  const janitor = new Janitor({
    journal,
    epoch: 1,
    exclusively,
    note: () => {},
    runningRecords: 10,
  });
  const read = journal.read.bind(journal);
  const closed = new Promise<void>((resolve) => {
    vi.spyOn(journal, 'read').mockImplementation((partition, from, bytesMax) => {
      if (from > 0) resolve(janitor.close());
      return read(partition, from, bytesMax);
    });
  });
  janitor.onAppended(jobId, records.length);
  await closed;
  expect(await journal.count(eventsOf(jobId))).toBe(5_000);
});

test('[CO97] whoever still follows a job that is dropped is told so', async () => {
  const world = new MemoryGrid({ limits: { endedJobsMax: 1 } });
  const grid = await world.submitter();
  const jobs = [1, 2, 3].map((n) => grid.map([n], square));
  const followed = Promise.allSettled(jobs);
  await vi.waitUntil(() => world.host.machine.jobs().length === 3);
  world.donate({ workers: 3 });
  const outcomes = await followed;
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('job-unknown');
  }
  expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
  await world.close();
});

test('[CO97] of the jobs that ended the newest are kept; the others are dropped with their rows', async () => {
  const journal = new MemoryJournal();
  const world = new MemoryGrid({ journal, limits: { endedJobsMax: 2 } });
  world.donate();
  const grid = await world.submitter();
  const ids: JobId[] = [];
  for (let i = 0; i < 4; i++) {
    const job = grid.map(range(5), square);
    await job;
    ids.push(job.id);
  }
  const kept = ids.slice(2).sort();
  const partitions = kept.flatMap((id) => [eventsOf(id), rowsOf(id)]);
  await vi.waitUntil(async () => (await journal.partitions('jobs/')).length === 4);
  expect(await journal.partitions('jobs/')).toEqual(partitions);
  expect((await grid.jobs()).map(({ jobId }) => jobId)).toEqual(ids.slice(2));
  await world.close();
  // In whatever order they come back, the same ones are kept.
  const again = new MemoryGrid({ journal, epoch: 2, limits: { endedJobsMax: 1 } });
  await again.host.recover();
  expect(again.host.machine.jobs().map(({ jobId }) => jobId)).toEqual([ids[3]]);
  await again.close();
});
