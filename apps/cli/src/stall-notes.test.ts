import type { JobView } from '@manytabs/protocol';
import type { Job } from 'manytabs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StallNotes } from './stall-notes.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('[UI161] a job that stands still says why, once for each new reason', async () => {
  const reasons = [['It needs 1 more volunteer.'], ['It is paused.']];
  const job = { explain: async () => ({ state: 'running', sentences: reasons[0] }) };
  const { terminal, errLines } = memoryTerminal();
  const notes = new StallNotes(job as unknown as Job<unknown>, terminal);
  const view = (final: number) =>
    ({ state: 'running', tasks: { final, failed: 0 } }) as unknown as JobView;
  notes.onView(view(0));
  await vi.advanceTimersByTimeAsync(6_000);
  notes.onView(view(1));
  await vi.advanceTimersByTimeAsync(6_000);
  expect(errLines).toEqual([]);
  notes.onView(view(1));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(errLines).toEqual(['It needs 1 more volunteer.']);
  reasons.shift();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(errLines).toHaveLength(2);
  notes.stop();
});
