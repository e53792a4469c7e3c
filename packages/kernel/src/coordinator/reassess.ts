import { audit, judge } from './belief.ts';
import { isDue } from './escrow.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import { checkSamples } from './samples.ts';
import type { Span } from './span.ts';
import { checkedOf } from './standings.ts';

const EVERY_MS = 500;
const SPANS_MAX = 512;

/** When what waits for evidence is looked at again; only somebody who is here brings any. */
export function nextReassessmentAt(grid: Grid): number | undefined {
  return grid.tierJobs.size > 0 && grid.takersTotal > 0 ? grid.reassessAt : undefined;
}

/** What waits may be believed meanwhile: volunteers became known, came or went, or had time to come. */
export function reassess(grid: Grid): void {
  if (grid.now < grid.reassessAt || grid.tierJobs.size === 0) return;
  grid.reassessAt = grid.now + EVERY_MS;
  for (const job of grid.tierJobs) if (job.state === 'running') reassessJob(grid, job);
}

function reassessJob(grid: Grid, job: Job): void {
  if (isNews(grid, job)) {
    job.judgedEvidence = grid.evidence;
    job.judgedAt = grid.now;
    for (const span of waitingSpans(job)) judge(grid, span, false);
  }
  checkSamples(grid, job);
  for (const window of [...job.windows.values()]) {
    if (isDue(grid, window, checkedOf(grid, window.identity, job))) audit(grid, window);
  }
}

function isNews(grid: Grid, job: Job): boolean {
  if (job.judgedEvidence !== grid.evidence) return true;
  const from = job.newcomersFrom;
  return from !== undefined && job.judgedAt < from && grid.now >= from;
}

function waitingSpans(job: Job): Span[] {
  const spans: Span[] = [];
  for (const queue of [job.reserved, job.urgent, job.replicas]) {
    for (const span of queue) {
      if (spans.length >= SPANS_MAX) return spans;
      if (span.votes.length > 0) spans.push(span);
    }
  }
  return spans;
}
