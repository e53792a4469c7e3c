import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import { pauseJob } from './jobs.ts';
import type { Opinion } from './opinion.ts';
import type { Span } from './span.ts';

// Whether the module gives the same answer everywhere: a few tasks are compared before the job spreads, and the first
// ones are watched.

/** Tasks that are compared before others are handed out. */
export const SAMPLES = 3;
const SAMPLES_MS_MAX = 30_000;
const COMPARED_MAX = 50;
const SCATTERED_SHARE = 0.05;
const SCATTERED_VOTES = 3;

/** Lets the job spread once its samples were compared, or nobody compared them for long. */
export function checkSamples(grid: Grid, job: Job): void {
  if (!job.isSampling) return;
  const isLate = job.newcomersFrom !== undefined && grid.now >= job.newcomersFrom + SAMPLES_MS_MAX;
  if (!isLate && !areCompared(job)) return;
  job.isSampling = false;
  grid.hasNewWork = true;
  grid.syncReady(job);
}

function areCompared(job: Job): boolean {
  const end = Math.min(job.first + SAMPLES, job.end);
  if (job.cursor < end) return false;
  for (let index = job.first; index < end; index++) {
    if (job.pages.stateOf(index) !== 'open') continue;
    const span = job.pages.at(index)?.spanAt(index);
    if (!span || !(span.isAgreed || span.escrow)) return false;
  }
  return true;
}

const ALIKE_MIN = 2;
const OBJECTIONS_MIN = 3;

/** Counts the first tasks of which what several computed alike is refused by several others: the check is not sound. */
export function noteObjections(
  grid: Grid,
  span: Span,
  groups: readonly number[],
  { best, second }: Opinion,
): void {
  const { job } = span;
  // Where anything was called right the function tells right from wrong, and those who compute alike may lie alike.
  if (job.passed > 0 || span.isScattered || job.isScatterForgiven) return;
  if (second < OBJECTIONS_MIN) return;
  const makers = span.votes.filter((vote, i) => groups[i] === best && !vote.isCheck).length;
  if (makers < ALIKE_MIN) return;
  span.isScattered = true;
  job.scattered += span.count;
  if (job.scattered < Math.max(1, SCATTERED_SHARE * Math.min(COMPARED_MAX, job.total))) return;
  job.isScatterForgiven = true;
  const name = job.check?.export ?? '';
  pauseJob(
    grid,
    job,
    `its function ${name} refuses what volunteers computed alike, on ${job.scattered} tasks: ${second} of them say so of what ${makers} agree on. Mend the function; resume the job to go on all the same.`,
  );
}

/** Counts the first tasks on which no two volunteers agree; too many of them pause the job. */
export function noteScatter(grid: Grid, span: Span, groups: readonly number[]): void {
  const { job } = span;
  const votes = groups.length;
  if (votes < 2 || job.isScatterForgiven || job.compared > COMPARED_MAX) return;
  if (!span.isCompared) {
    span.isCompared = true;
    job.compared += span.count;
  }
  if (span.isScattered || votes < SCATTERED_VOTES || new Set(groups).size < votes) return;
  span.isScattered = true;
  job.scattered += span.count;
  if (job.scattered < Math.max(1, SCATTERED_SHARE * Math.min(COMPARED_MAX, job.total))) return;
  job.isScatterForgiven = true;
  pauseJob(
    grid,
    job,
    `its results differ from volunteer to volunteer: on ${job.scattered} of the first ${job.compared} tasks that were compared, no two of ${votes} volunteers agree. If it depends on the browser or on what ran before, mend it, or allow a tolerance (compare); resume it to go on all the same.`,
  );
}
