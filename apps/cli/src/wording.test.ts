import { type JobView, jobId } from '@manytabs/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { errorLines, jobSummary, numberLines, summaryRow } from './wording.ts';

const VIEW: JobView = {
  jobId: jobId(new Uint8Array(16)),
  state: 'paused',
  reason: '',
  name: 'squares',
  owner: 'owner',
  priority: 5,
  quorum: {
    minQuorum: 1,
    targetResults: 1,
    maxErrorResults: 3,
    maxTotalResults: 4,
    maxSuccessResults: 4,
  },
  view: undefined,
  kind: 'js',
  tasks: { total: 10, waiting: 7, running: 0, provisional: 0, final: 3, failed: 0 },
  open: false,
  submittedAt: 1_000,
  endedAt: undefined,
  tasksPerSecond: 1,
  etaMs: undefined,
  busyMs: 30,
  volunteers: [],
  disagreements: 0,
  errors: [],
};

beforeEach(() => vi.useFakeTimers({ now: 6_000 }));
afterEach(() => vi.useRealTimers());

test('a job that goes on is told with its time so far, one that ended with what it took', () => {
  expect(jobSummary(VIEW)).toMatch(/paused: 3 of 10 tasks final, 5(\.0)? s\.$/);
  expect(summaryRow(VIEW).summary.elapsedMs).toBe(5_000);
  expect(summaryRow({ ...VIEW, state: 'done', endedAt: 3_000 }).summary.elapsedMs).toBe(2_000);
});

test('[UI230] a job tells how long its tasks took, what it cost, and its errors with an example each', () => {
  const times = {
    computing: { p50: 0.5, p90: 12, p99: 1_200 },
    waiting: { p50: 20, p90: 40, p99: 80 },
  };
  const cost = { executions: 5, decided: 4, resultBytes: 2_048, givenBytes: 3 * 1_048_576 };
  expect(numberLines({ ...VIEW, times, cost })).toEqual([
    'computing p50 0.5 ms, p90 12 ms, p99 1.2 s',
    'waiting p50 20 ms, p90 40 ms, p99 80 ms',
    'computing: 0.03 core seconds',
    'executions per task: 1.25',
    'executions: 5',
    'moved to volunteers: 3.0 MiB',
    'moved back: 2.0 KiB',
  ]);
  // Of an older coordinator nothing more is known.
  expect(numberLines(VIEW)).toEqual(['computing: 0.03 core seconds']);
  const errors = [
    { code: 'task-timeout', message: 'slow', count: 1 },
    { code: 'task-threw', message: 'no \u001b[2J row', count: 7, example: { index: 3 } },
  ] as const;
  expect(errorLines({ ...VIEW, errors })).toEqual([
    '7 × task-threw: no  [2J row (task 3)',
    '1 × task-timeout: slow',
  ]);
});
