import { bundleTasks } from '../scheduling/bundle-size.ts';
import { wantsBundle } from '../scheduling/prefetch.ts';
import type { TierRule } from '../validation/tiers.ts';
import { isAnchor } from './anchors.ts';
import { assign } from './assign.ts';
import { mayBeAlone } from './belief.ts';
import { canRun, mayTake } from './eligibility.ts';
import { mayBegin } from './engines.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import { holdersOf, localShards, NEAR_SPANS } from './locality.ts';
import { PAGE_TASKS } from './page.ts';
import { askableTasks, fitsOneQuestion, isAskedAlike } from './questions.ts';
import { Span } from './span.ts';
import { admit, refresh } from './spans.ts';
import { checkedOf, isTrusted } from './standings.ts';
import type { Volunteer } from './volunteer-table.ts';

/** Who could not take what there is, in one step; the rest is asked at its own next message. */
const FAILED_OFFERS_MAX = 1_024;
const FAILED_PREFETCHES_MAX = 64;
const ROUNDS_MAX = 4;
const LEASES_MAX = 256;
/** Jobs looked at for somebody whose workers are all busy. */
const PREFETCH_LOOKS_MAX = 16;
/** Fresh bundles that are cut as short as an audit. */
const DISGUISED_SHARE = 1 / 32;

/** Gives a volunteer bundles until it has enough or nothing is left for it. */
export function fill(grid: Grid, volunteer: Volunteer): void {
  grid.idle.delete(volunteer);
  grid.thirsty.delete(volunteer);
  if (!grid.takesWork(volunteer)) return;
  while (volunteer.leases.length < leasesMax(grid, volunteer)) {
    if (handOut(grid, volunteer)) continue;
    if (volunteer.leases.length < volunteer.workers) grid.idle.add(volunteer);
    else if (volunteer.leases.length < volunteer.workers * grid.limits.bundlesPerWorker)
      grid.thirsty.add(volunteer);
    return;
  }
}

/** Many workers keep the pipeline full with fewer bundles each, and a volunteer returns what is too much for it. */
function leasesMax(grid: Grid, { workers }: Volunteer): number {
  const { bundlesPerWorker, bundlesPerWorkerMax } = grid.limits;
  const usual = workers * bundlesPerWorker;
  return Math.max(usual, Math.min(workers * bundlesPerWorkerMax, LEASES_MAX));
}

/**
 * Offers new work to those who wait for some, the empty-handed first. A fresh bundle that needs more votes is new work
 * for those who were asked before it was made, so the round is repeated a few times.
 */
export function offer(grid: Grid): void {
  for (let round = 0; round < ROUNDS_MAX && grid.hasNewWork; round++) {
    grid.hasNewWork = false;
    offerTo(grid, grid.idle, FAILED_OFFERS_MAX);
    offerTo(grid, grid.thirsty, FAILED_PREFETCHES_MAX);
  }
}

function offerTo(grid: Grid, waiting: Set<Volunteer>, failuresMax: number): void {
  let left = waiting.size;
  let failures = 0;
  // Whoever still wants more is put in again at the end, beyond what is left.
  for (const volunteer of waiting) {
    if (left-- === 0 || failures >= failuresMax || grid.share.order.length === 0) return;
    const before = volunteer.leases.length;
    fill(grid, volunteer);
    if (volunteer.leases.length === before) failures++;
  }
}

function handOut(grid: Grid, volunteer: Volunteer): boolean {
  const isIdle = volunteer.leases.length < volunteer.workers;
  let looks = isIdle ? Number.POSITIVE_INFINITY : PREFETCH_LOOKS_MAX;
  for (const job of grid.share.order) {
    if (looks-- === 0) return false;
    if (!canRun(volunteer, job)) continue;
    if (!wants(grid, volunteer, job)) continue;
    const spans = take(grid, volunteer, job);
    if (!spans) continue;
    assign(grid, volunteer, { spans, isSpeculative: false });
    return true;
  }
  return false;
}

function wants(grid: Grid, volunteer: Volunteer, job: Job): boolean {
  const question = {
    leases: volunteer.leases.length,
    workers: volunteer.workers,
    queuedMs: volunteer.queuedMs,
    msPerTask: volunteer.slots.get(job)?.msPerTask,
    remainingTasks: job.remainingTasks,
    workersTotal: grid.workersTotal,
    holdsJob: volunteer.leases.some((lease) => lease.job === job),
  };
  return wantsBundle(question, grid.limits);
}

/** The next bundle of the job for the volunteer: what was tried before goes first, then what waits for votes. */
function take(grid: Grid, volunteer: Volunteer, job: Job): Span[] | undefined {
  const tasks = tasksFor(grid, volunteer, job);
  const first = takeReserved(grid, volunteer, job, tasks) ?? takeNear(grid, volunteer, job, tasks);
  // In store for later only what is near; the rest may be near somebody who comes before that.
  if (first || (job.hasNear && volunteer.leases.length >= volunteer.workers)) return first;
  return (
    takeQueued(grid, volunteer, { queue: job.urgent, tasks, again: false }) ??
    takeQueued(grid, volunteer, { queue: job.replicas, tasks, again: false }) ??
    takeFresh(grid, volunteer, job, tasks) ??
    takeQueued(grid, volunteer, { queue: job.urgent, tasks, again: true })
  );
}

/** What one bundle of the job should have on the volunteer. */
export function tasksFor(grid: Grid, volunteer: Volunteer, job: Job): number {
  const slot = volunteer.slots.get(job);
  const isMeasured = slot?.msPerTask !== undefined;
  const question = {
    msPerTask: slot?.msPerTask,
    jobMsPerTask: job.msPerTask,
    provenTasks: isMeasured ? slot.provenTasks : job.provenTasks,
    visitMs: grid.now - volunteer.joinedAt,
    remainingTasks: job.remainingTasks,
    workersTotal: grid.workersTotal,
  };
  return bundleTasks(question, grid.limits);
}

interface Search {
  readonly queue: ReadonlySet<Span>;
  readonly tasks: number;
  /** Whether to take what this very volunteer gave up or lost before. */
  readonly again: boolean;
}

function takeQueued(grid: Grid, volunteer: Volunteer, search: Search): Span[] | undefined {
  for (const span of search.queue) {
    if (!suits(grid, volunteer, span, search.again)) continue;
    if (span.job.hasNear && isLeftToNearer(grid, volunteer, span)) continue;
    return gather(grid, volunteer, span, search);
  }
  return undefined;
}

/** The bundle of which the volunteer holds the most; none where it holds nothing of any. */
function takeNear(grid: Grid, volunteer: Volunteer, job: Job, tasks: number): Span[] | undefined {
  if (!job.hasNear) return undefined;
  cutAhead(grid, volunteer, job);
  for (const queue of [job.urgent, job.replicas]) {
    const best = nearest(grid, volunteer, queue);
    if (best) return gather(grid, volunteer, best, { queue, tasks, again: false });
  }
  return undefined;
}

function nearest(grid: Grid, volunteer: Volunteer, queue: ReadonlySet<Span>): Span | undefined {
  let best: Span | undefined;
  let most = 0;
  let looks = NEAR_SPANS;
  for (const span of queue) {
    if (looks-- === 0) return best;
    const local = localShards(grid, volunteer, span);
    if (local <= most || !suits(grid, volunteer, span, false)) continue;
    most = local;
    best = span;
  }
  return best;
}

/** Whether somebody who waits for work, and may take this, holds more of it; it is offered to them in this very step. */
function isLeftToNearer(grid: Grid, volunteer: Volunteer, span: Span): boolean {
  const own = localShards(grid, volunteer, span);
  for (const other of holdersOf(grid, span)) {
    if (other === volunteer || !grid.idle.has(other) || !grid.takesWork(other)) continue;
    if (!canRun(other, span.job)) continue;
    if (localShards(grid, other, span) <= own || !suits(grid, other, span, false)) continue;
    grid.hasNewWork = true;
    return true;
  }
  return false;
}

/** Fresh bundles can be compared only once they are cut. */
function cutAhead(grid: Grid, volunteer: Volunteer, job: Job): void {
  while (job.urgent.size < NEAR_SPANS) {
    const [span] = takeFresh(grid, volunteer, job, NEAR_SPANS) ?? [];
    if (!span) return;
    refresh(grid, span);
  }
}

/** What only some may take is not even looked at by the others. */
function takeReserved(
  grid: Grid,
  volunteer: Volunteer,
  job: Job,
  tasks: number,
): Span[] | undefined {
  if (job.reserved.size === 0 || !isAnchor(grid, volunteer.identity, job)) return undefined;
  return takeQueued(grid, volunteer, { queue: job.reserved, tasks, again: true });
}

function suits(grid: Grid, volunteer: Volunteer, span: Span, again: boolean): boolean {
  if (!mayTake(grid, volunteer, span)) return false;
  if (again) return true;
  const { identity } = volunteer;
  return !span.lost.includes(identity) && !span.hasErrorOf(identity);
}

/** A span and the ones right behind it that suit as well, up to the size of the bundle. */
function gather(grid: Grid, volunteer: Volunteer, first: Span, search: Search): Span[] {
  const { job, page } = first;
  const tasks = Math.min(search.tasks, suspicionMax(first), askableTasks(first));
  const end = Math.min(first.from + tasks, chunkEnd(job, first.from));
  if (first.to > end) return [first.carve(first.from, end)];
  const spans = [first];
  let next = page.spanAt(first.to);
  while (next?.queue !== undefined && next.to <= end) {
    if (next.lostCount > first.lostCount || !suits(grid, volunteer, next, search.again)) break;
    if (!isAskedAlike(first, next) || !fitsOneQuestion([...spans, next])) break;
    spans.push(next);
    next = page.spanAt(next.to);
  }
  return spans;
}

/** A task that kills its tab takes the others of its bundle along: what was lost again and again goes out in pieces. */
function suspicionMax(span: Span): number {
  return Math.max(1, PAGE_TASKS >> (4 * Math.max(0, span.lostCount - 1)));
}

function takeFresh(grid: Grid, volunteer: Volunteer, job: Job, wanted: number): Span[] | undefined {
  if (!job.hasFresh || !mayBegin(grid, volunteer, job)) return undefined;
  const tasks = job.tier ? disguised(grid, job, wanted) : wanted;
  const from = job.cursor;
  const pageEnd = from - (from % PAGE_TASKS) + PAGE_TASKS;
  const to = Math.min(from + tasks, job.freshEnd, pageEnd, chunkEnd(job, from));
  const span = new Span(job, job.pages.touch(from), { from, to });
  if (job.rule) span.asked = firstWave(grid, volunteer, span, job.rule);
  job.cursor = to;
  admit(span);
  return [span];
}

/** Audits are short; so that none is known by that, some fresh bundles are as short. Samples go out one by one. */
function disguised(grid: Grid, job: Job, tasks: number): number {
  if (job.isSampling) return 1;
  return grid.prng.chance(DISGUISED_SHARE) ? Math.min(tasks, 1 + grid.prng.int(4)) : tasks;
}

/** How many results to ask for where this volunteer gives the first. */
function firstWave(grid: Grid, { identity }: Volunteer, span: Span, rule: TierRule): number {
  const { job, count } = span;
  if (job.check || isTrusted(identity, job) || mayBeAlone(grid, job, { identity, tasks: count }))
    return 1;
  return checkedOf(grid, identity, job) >= rule.knownAt ? rule.knownWave : rule.firstWave;
}

function chunkEnd(job: Job, index: number): number {
  return job.chunks ? Math.min(job.chunks.at(index).to, job.end) : job.end;
}
