import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import { pauseJob } from './jobs.ts';
import type { Span } from './span.ts';

// Tasks that end the sandbox or the tab they run in. Tabs run a suspect alone (RU44), bundles of what was lost are cut
// until a task is alone: what crashes then is the task's own doing.

const CRASHES_ALONE = 2;
/** Copies lost with their tabs: after four a task is alone, and tabs are closed for other reasons too. */
const LOSSES_ALONE = 8;
const CRASHERS_MAX = 3;
/** Of what was decided: a bad task among many is no reason to stop. */
const CRASHERS_SHARE = 0.05;

/** After a copy of the span crashed or was lost: a job of which several tasks crash alone is given to nobody any more. */
export function noteCrash(grid: Grid, span: Span): void {
  if (span.count > 1 || span.isCrasher || !hasCrashedAlone(span)) return;
  span.isCrasher = true;
  const { job } = span;
  job.crashers++;
  if (job.crashers < CRASHERS_MAX || job.crashers < CRASHERS_SHARE * job.decided) return;
  quarantineJob(grid, job);
}

function hasCrashedAlone({ errors, lostCount, job }: Span): boolean {
  const crashes = errors.filter(({ code }) => code === 'task-crashed').length;
  return (
    crashes >= Math.min(CRASHES_ALONE, job.quorum.maxErrorResults + 1) || lostCount >= LOSSES_ALONE
  );
}

function quarantineJob(grid: Grid, job: Job): void {
  const tasks = job.crashers;
  // Whoever resumes it has been told: as many must crash again.
  job.crashers = 0;
  pauseJob(
    grid,
    job,
    `in quarantine: ${tasks} of its tasks crashed the sandboxes or tabs of volunteers again and again, each while it ran alone. Tasks that need much memory say how much (memory); mend the program, or resume the job to go on all the same.`,
  );
}
