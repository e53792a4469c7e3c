import type { JobId } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { BUSY_VIEW } from '../fixture/fake-donation.ts';
import { energyOf } from './energy.ts';
import { monthBusyMs, NO_WORK, readRecord, streakOf, withWork } from './work-record.ts';

const JOB = BUSY_VIEW.job;
const work = (jobId: string, done = 1) => {
  if (!JOB) throw new TypeError('The busy view has a job.');
  return { job: { ...JOB, jobId: jobId as JobId }, done, failed: 0, busyMs: 1_000 };
};
const day = (date: number, month = 10) => new Date(2026, month, date, 12);

test('[UI58] every job that ran here is on the record, the newest first', () => {
  let record = withWork(NO_WORK, work('a'), day(1));
  record = withWork(record, work('b'), day(1));
  record = withWork(record, work('a', 4), day(2));
  expect(record.jobs.map(({ jobId, done }) => [jobId, done])).toEqual([
    ['a', 5],
    ['b', 1],
  ]);
  expect(record).toMatchObject({ done: 6, busyMs: 3_000 });
  expect(record.jobs[0]).toMatchObject({ name: JOB?.name, submitter: JOB?.submitter });
});

test('[UI58] the record is bounded and survives its store', () => {
  let record = NO_WORK;
  for (let i = 0; i < 300; i++) record = withWork(record, work(`j${i}`), day(i % 28));
  expect(record.jobs).toHaveLength(200);
  expect(readRecord(JSON.parse(JSON.stringify(record)))).toEqual(record);
  for (const broken of [null, 'x', {}, { ...record, done: 'many' }, { ...record, jobs: [{}] }])
    expect(readRecord(broken)).toEqual(NO_WORK);
});

test('[UI53] computing time is counted by month', () => {
  let record = withWork(NO_WORK, work('a'), day(30, 9));
  record = withWork(record, work('a'), day(1));
  expect(monthBusyMs(record, day(2))).toBe(1_000);
  expect(record.busyMs).toBe(2_000);
});

test('[UI59] a streak is the days in a row up to now, and survives a morning without work', () => {
  let record = NO_WORK;
  for (const date of [1, 2, 4, 5, 6]) record = withWork(record, work('a'), day(date));
  expect(streakOf(record, day(6))).toBe(3);
  expect(streakOf(record, day(7))).toBe(3);
  expect(streakOf(record, day(8))).toBe(0);
});

test('[UI59] energy is told as a range', () => {
  const { least, most } = energyOf(3_600_000, { handheld: false });
  expect(least).toBeLessThan(most);
  expect([least, most]).toEqual([3, 12]);
});
