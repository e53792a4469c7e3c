import { audit, judge } from './belief.ts';
import { isDue } from './escrow.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import { checkSamples } from './samples.ts';
import type { Span } from './span.ts';
import { checkedOf } from './standings.ts';

const EVERY_MS = 250;
/** Spans that are looked at again each time; those after them are next. */
const SPANS_MAX = 64;

/** When what waits for evidence, or for time to pass, is looked at again. */
export function nextReassessmentAt(grid: Grid): number | undefined {
  return grid.tierJobs.size > 0 ? grid.reassessAt : undefined;
}

/** What waits may be believed meanwhile: volunteers became known, came or went, or had time to come. */
export function reassess(grid: Grid): void {
  if (grid.now < grid.reassessAt || grid.tierJobs.size === 0) return;
  grid.reassessAt = grid.now + EVERY_MS;
  for (const job of grid.tierJobs) if (job.state === 'running') reassessJob(grid, job);
}

function reassessJob(grid: Grid, job: Job): void {
  for (const span of job.cooling) {
    if (span.coolUntil !== undefined && span.coolUntil > grid.now) break;
    judge(grid, span, false);
  }
  if (isNews(grid, job)) {
    const spans = waitingSpans(job);
    for (const span of spans) judge(grid, span, false);
    job.judgedAt = grid.now;
    if (spans.length < SPANS_MAX) job.judgedEvidence = grid.evidence;
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
  let skip = job.judgedSpans;
  for (const queue of [job.reserved, job.urgent, job.replicas]) {
    for (const span of queue) {
      if (span.votes.length === 0 || span.leases.length > 0 || skip-- > 0) continue;
      spans.push(span);
      if (spans.length < SPANS_MAX) continue;
      job.judgedSpans += SPANS_MAX;
      return spans;
    }
  }
  job.judgedSpans = 0;
  return spans;
}
