import { type JobView, jobId } from '@manytabs/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { jobSummary, summaryRow } from './wording.ts';

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
