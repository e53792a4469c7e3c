import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobState, JobView } from '@manytabs/protocol';
import { type Job, TaskError, type TaskResult } from 'manytabs';
import { expect, test } from 'vitest';
import { followJob } from './follow-job.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

const final = (index: number, value: unknown): TaskResult<unknown> => ({
  index,
  status: 'fulfilled',
  state: 'final',
  confidence: 0.99,
  value,
  trust: { votes: 2 },
});

const failed = (index: number): TaskResult<unknown> => ({
  index,
  status: 'rejected',
  state: 'failed',
  error: new TaskError('task-threw', 'no\u001b[31m such tile', { index, attempts: [], count: 3 }),
  attempts: 3,
});

function viewOf(state: JobState): JobView {
  return {
    jobId: 'jaaaaaaaaaaaaaaaaaaaa' as JobView['jobId'],
    name: 'tiles',
    state,
    reason: '',
    owner: 'me',
    priority: 5,
    quorum: {
      minQuorum: 2,
      targetResults: 2,
      maxErrorResults: 3,
      maxTotalResults: 8,
      maxSuccessResults: 6,
    },
    view: undefined,
    kind: 'js',
    tasks: { total: 2, waiting: 0, running: 0, provisional: 0, final: 2, failed: 0 },
    open: false,
    submittedAt: 1000,
    endedAt: 3000,
    tasksPerSecond: 1,
    etaMs: undefined,
    busyMs: 5,
    volunteers: [],
    disagreements: 0,
    errors: [],
  };
}

/** A job on a grid of this process: its results come in the order given, or sorted where that is asked for. */
function setupJob(rows: readonly TaskResult<unknown>[], state: JobState, onRow?: () => void) {
  const calls: string[] = [];
  const job = {
    id: viewOf(state).jobId,
    on: () => () => undefined,
    async *results(options?: { ordered?: boolean; signal?: AbortSignal }) {
      const inOrder = [...rows].sort((a, b) => a.index - b.index);
      for (const row of options?.ordered ? inOrder : rows) {
        yield row;
        onRow?.();
        options?.signal?.throwIfAborted();
      }
    },
    ended: async () => viewOf(state),
    cancel: async (reason?: string) => void calls.push(`cancel: ${reason}`),
  };
  return { job: job as unknown as Job<unknown>, calls };
}

test('[UI80] with --json rows come as they become final, and the job last', async () => {
  const { terminal, outLines } = memoryTerminal();
  const { job } = setupJob([final(1, 'b'), failed(0)], 'partial');
  const code = await followJob(job, terminal, { json: true, cancelOnInterrupt: true });
  const [first, second, last] = outLines.map((line) => JSON.parse(line));
  expect(first).toEqual({
    index: 1,
    status: 'fulfilled',
    value: 'b',
    trust: { confidence: 0.99, votes: 2 },
  });
  expect(second).toMatchObject({
    index: 0,
    status: 'rejected',
    error: { code: 'task-threw', attempts: 3 },
  });
  expect(last).toMatchObject({ job: job.id, state: 'partial', summary: { final: 2, total: 2 } });
  expect(code).toBe(5);
});

test('[UI81] [UI70] without --json stdout has the values in order and nothing else', async () => {
  const { terminal, outLines, errLines } = memoryTerminal();
  const { job } = setupJob([final(2, { c: 1 }), failed(1), final(0, 'a')], 'partial');
  await followJob(job, terminal, { json: false, cancelOnInterrupt: true });
  expect(outLines).toEqual(['"a"', '{"c":1}']);
  expect(errLines.join('\n')).toContain('task 1 failed: task-threw');
});

test('[UI87] an error of a task cannot colour the screen', async () => {
  const { terminal, errLines } = memoryTerminal();
  const { job } = setupJob([failed(0)], 'failed');
  const code = await followJob(job, terminal, { json: false, cancelOnInterrupt: true });
  expect(errLines.join('\n')).not.toContain('\u001b');
  expect(code).toBe(1);
});

test('[UI82] --out writes a file of lines, or a folder with a file a task', async () => {
  const folder = scratchFolder();
  const rows = [final(0, new Uint8Array([7])), final(1, { x: 1 }), failed(2)];
  const { terminal, outLines } = memoryTerminal({ folder });
  const follow = (out: string) => {
    const { job } = setupJob(rows, 'partial');
    return followJob(job, terminal, { json: false, out, cancelOnInterrupt: true });
  };
  await follow('deep/out.ndjson');
  await follow('tiles');
  expect(readFileSync(join(folder, 'deep/out.ndjson'), 'utf8')).toBe(
    '{"base64":"Bw=="}\n{"x":1}\n',
  );
  expect(readdirSync(join(folder, 'tiles')).sort()).toEqual(['0.bin', '1.json', '2.error.json']);
  expect([...readFileSync(join(folder, 'tiles/0.bin'))]).toEqual([7]);
  expect(outLines).toEqual([]);
});

test('[UI82] a file that cannot be written ends the command with an error', async () => {
  const { terminal } = memoryTerminal({ folder: scratchFolder({ 'dir.ndjson/x': '' }) });
  const { job } = setupJob([final(0, 1)], 'done');
  const following = followJob(job, terminal, {
    json: false,
    out: 'dir.ndjson/x/y.txt',
    cancelOnInterrupt: true,
  });
  await expect(following).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
});

test.each([
  [true, ['cancel: cancelled by its submitter']],
  [false, []],
])('[UI83] Ctrl-C with cancelOnInterrupt %s', async (cancelOnInterrupt, expected) => {
  const { terminal, interrupt } = memoryTerminal();
  const { job, calls } = setupJob([final(0, 1), final(1, 2)], 'cancelled', interrupt);
  expect(await followJob(job, terminal, { json: true, cancelOnInterrupt })).toBe(130);
  expect(calls).toEqual(expected);
});
