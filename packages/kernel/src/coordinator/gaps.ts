import type { CoordinatorEvent } from './event.ts';
import type { Grid } from './grid.ts';
import { reach } from './replay.ts';
import { fail } from './settle.ts';

const NO_INPUT = {
  code: 'input-missing',
  message: 'The task of the job before, whose value this one needs, failed.',
} as const;

/** Fails the tasks of the newest chunk that have no input. */
export function failGaps(
  grid: Grid,
  { jobId, chunk, missing = [] }: Extract<CoordinatorEvent, { type: 'job-extended' }>,
): void {
  const job = grid.jobs.get(jobId);
  if (!job || !chunk || missing.length === 0) return;
  reach(grid, job, job.end);
  const first = job.end - chunk.count;
  for (const place of missing) {
    const index = first + place;
    const span = job.pages.at(index)?.spanAt(index);
    if (span) fail(grid, span.carve(index, index + 1), NO_INPUT);
  }
}
