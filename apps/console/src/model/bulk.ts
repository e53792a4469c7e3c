import { hasEnded, type JobId, type JobView, toGridError } from '@manytabs/protocol';
import type { GridApi } from 'manytabs';

export type BulkAction = 'pause' | 'resume' | 'cancel';

export const BULK = {
  pause: {
    verb: 'Pause',
    past: 'paused',
    meaning: 'No new task is given out until they are resumed; what runs is finished.',
  },
  resume: { verb: 'Resume', past: 'resumed', meaning: 'Their tasks are given out again.' },
  cancel: {
    verb: 'Cancel',
    past: 'cancelled',
    meaning: 'Running tasks are ended at once. Results that are final can still be downloaded.',
  },
} as const;

export interface BulkOutcome {
  readonly action: BulkAction;
  readonly done: number;
  /** Why the others were not. */
  readonly failed: readonly string[];
}

/** Those of the jobs that the action changes. */
export function subjectsOf(jobs: readonly JobView[], action: BulkAction): readonly JobView[] {
  if (action === 'cancel') return jobs.filter(({ state }) => !hasEnded(state));
  const state = action === 'pause' ? 'running' : 'paused';
  return jobs.filter((job) => job.state === state);
}

/** A link says only so much a second. */
const AT_ONCE = 16;

/** One that fails stops no other. */
export async function forAll(
  grid: Pick<GridApi, 'job'>,
  jobs: readonly JobView[],
  action: BulkAction,
): Promise<BulkOutcome> {
  const waiting = [...jobs];
  const failed: string[] = [];
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job; job = waiting.shift()) {
      await act(grid, job.jobId, action).catch((thrown) => {
        failed.push(toGridError(thrown, 'connection-lost').message);
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { action, done: jobs.length - failed.length, failed };
}

async function act(grid: Pick<GridApi, 'job'>, id: JobId, action: BulkAction): Promise<void> {
  const handle = grid.job(id);
  await (action === 'cancel' ? handle.cancel('cancelled in the console') : handle[action]());
}
