import { assert, type JobState } from '@manytabs/protocol';

const MOVES: Readonly<Record<JobState, readonly JobState[]>> = {
  running: ['paused', 'done', 'partial', 'failed', 'cancelled'],
  paused: ['running', 'done', 'partial', 'failed', 'cancelled'],
  done: [],
  partial: [],
  failed: [],
  cancelled: [],
};

export function mayMove(from: JobState, to: JobState): boolean {
  return MOVES[from].includes(to);
}

export function assertMove(from: JobState, to: JobState, story: () => string): void {
  if (mayMove(from, to)) return;
  assert(false, `a job moves from ${from} to ${MOVES[from].join(' or ')}, not ${to}\n${story()}`);
}

/** How a job ends whose tasks are all decided. */
export function endState(counts: { readonly final: number; readonly failed: number }): JobState {
  if (counts.failed === 0) return 'done';
  return counts.final === 0 ? 'failed' : 'partial';
}
