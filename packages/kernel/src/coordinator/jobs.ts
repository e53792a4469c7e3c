import {
  assert,
  type ErrorCode,
  type ErrorRecord,
  type InputChunk,
  type JobState,
  LIMITS,
  type ShardId,
  type ShardRef,
} from '@manytabs/protocol';
import type { CoordinatorEvent } from './event.ts';
import type { Grid } from './grid.ts';
import { isInline } from './inline-shards.ts';
import { isSibling, Job } from './job.ts';
import { assertMove, endState } from './job-state.ts';
import { giveUp, shrink } from './leases.ts';
import { releaseNear, wantNear } from './locality.ts';
import { viewJob } from './views.ts';

type Submitted = Extract<CoordinatorEvent, { type: 'job-submitted' }>;
type Extended = Extract<CoordinatorEvent, { type: 'job-extended' }>;
type Controlled = Extract<CoordinatorEvent, { type: 'job-controlled' }>;

// The life of a job from its submission to its end.

export function onSubmitted(grid: Grid, event: Submitted): void {
  if (refusalOfSubmission(grid, event)) return;
  const { jobId, owner, spec, at } = event;
  grid.out.append({ type: 'job-submitted', at, jobId, owner, spec });
  openJob(grid, event);
}

export function openJob(grid: Grid, submission: Omit<Submitted, 'type'>): void {
  const job = new Job(submission.jobId, submission);
  grid.jobs.set(job.id, job);
  if (isSibling(job.spec)) grid.siblings++;
  if (job.tier) grid.tierJobs.add(job);
  for (const shard of job.programShards()) wantShard(grid, shard);
  for (const chunk of job.chunks?.all ?? []) wantChunk(grid, job, chunk);
  const { deadlineMs } = job.spec;
  if (deadlineMs !== undefined) grid.jobDeadlines.set(job, submission.at + deadlineMs);
  grid.hasNewWork = true;
  grid.syncReady(job);
  grid.touched.add(job);
}

/** Whether it was taken. */
export function onExtended(grid: Grid, event: Extended): boolean {
  const job = grid.jobs.get(event.jobId);
  if (!job || refusalOfExtension(grid, event)) return false;
  const { jobId, chunk, last, at } = event;
  grid.out.append({ type: 'job-extended', at, jobId, chunk, last });
  extendJob(grid, job, event);
  return true;
}

export function extendJob(
  grid: Grid,
  job: Job,
  { chunk, last }: Pick<Extended, 'chunk' | 'last'>,
): void {
  if (chunk) {
    job.extend(chunk);
    wantChunk(grid, job, chunk);
  }
  if (last) job.isOpen = false;
  grid.hasNewWork = true;
  grid.syncReady(job);
  grid.touched.add(job);
}

export function onControlled(grid: Grid, event: Controlled): void {
  const job = grid.jobs.get(event.jobId);
  if (!job) return;
  if (event.action === 'cancel') return endJob(grid, job, 'cancelled', event.reason);
  const state = event.action === 'pause' ? 'paused' : 'running';
  if (job.state === state) return;
  move(grid, job, state, event.reason);
  if (state === 'running') grid.hasNewWork = true;
  grid.syncReady(job);
}

export function pauseJob(grid: Grid, job: Job, reason: string): void {
  if (job.state !== 'running') return;
  move(grid, job, 'paused', reason);
  grid.syncReady(job);
}

/** Ends the jobs of which every task was decided. */
export function endCompleted(grid: Grid): void {
  for (const job of grid.touched) {
    if (!job.isComplete || !grid.jobs.has(job.id)) continue;
    const reason = job.counts.failed === 0 ? '' : `${job.counts.failed} tasks failed`;
    endJob(grid, job, endState(job.counts), reason);
  }
  grid.touched.clear();
}

/** Gives up everything the job holds and tells everybody who knew of it. */
export function endJob(grid: Grid, job: Job, state: JobState, reason: string): void {
  move(grid, job, state, reason);
  closeJob(grid, job);
}

/** What follows from the end of a job, now or before a restart. */
export function closeJob(grid: Grid, job: Job): void {
  grid.jobDeadlines.clear(job);
  grid.syncReady(job);
  for (const lease of [...job.leases]) {
    shrink(lease, lease.remaining);
    giveUp(grid, lease);
  }
  abandonTasks(grid, job);
  grid.out.flushRevoked();
  for (const volunteer of job.told) {
    grid.out.send(volunteer.session, { type: 'job-closed', jobId: job.id });
    volunteer.slots.delete(job);
  }
  for (const shard of job.programShards()) releaseShard(grid, shard);
  for (const chunk of job.chunks?.all ?? []) {
    releaseShard(grid, chunk);
    releaseNear(grid, chunk.near);
  }
  grid.jobs.delete(job.id);
  if (isSibling(job.spec)) grid.siblings--;
  grid.tierJobs.delete(job);
  const view = { ...viewJob(grid, job), endedAt: grid.now };
  const shards = job.counts.failed > 0 ? [...shardsOf(job)] : [];
  const ended = { view, spec: job.spec, notes: job.notes, rowBytes: job.rowBytes, shards };
  for (const jobId of grid.ended.add(ended)) grid.out.forget(jobId);
}

/** What was under way waits for ever. */
function abandonTasks(grid: Grid, job: Job): void {
  for (const page of job.pages.open) {
    for (const span of page.spans) for (const vote of span.votes) vote.identity.openVotes--;
  }
  const { counts } = job;
  grid.runningTotal -= counts.running;
  grid.pendingBytes -= job.pendingBytes;
  counts.waiting += counts.running + counts.provisional;
  counts.running = 0;
  counts.provisional = 0;
}

function move(grid: Grid, job: Job, state: JobState, reason: string): void {
  assertMove(job.state, state, () => job.notes.story.tail());
  grid.out.append({ type: 'job-state', at: grid.now, jobId: job.id, state, reason });
  job.state = state;
  job.reason = reason;
}

/** All that a job is made of, with what its tasks would rather be near to. */
export function* shardsOf(job: Job): Generator<ShardId> {
  for (const { shard } of job.programShards()) yield shard;
  for (const { shard, files, near } of job.chunks?.all ?? []) {
    yield shard;
    if (files) yield files.shard;
    if (near) yield* near;
  }
}

function wantChunk(grid: Grid, job: Job, chunk: InputChunk): void {
  wantShard(grid, chunk);
  wantNear(grid, chunk.near);
  job.hasNear ||= chunk.near !== undefined && chunk.near.length > 0;
}

function wantShard(grid: Grid, ref: ShardRef): void {
  if (isInline(ref)) grid.inlineShards.want(ref.shard);
  else grid.shards.want(ref.shard, ref.bytes);
}

function releaseShard(grid: Grid, ref: ShardRef): void {
  if (isInline(ref)) grid.inlineShards.release(ref.shard);
  else grid.shards.release(ref.shard);
}

// Why an order is refused; nothing changes then.

export function refusalOfSubmission(grid: Grid, event: Submitted): ErrorRecord | undefined {
  const { inputs, volunteersMin = 0 } = event.spec;
  if (grid.jobs.has(event.jobId) || grid.ended.has(event.jobId)) {
    return refusal('spec-invalid', `Job ${event.jobId} was submitted before.`);
  }
  if (grid.jobs.size >= grid.limits.jobsMax) return refusal('quota-exceeded', 'Too many jobs run.');
  if (volunteersMin > grid.takersTotal) {
    const message = `The job requires ${volunteersMin} volunteers, and ${grid.takersTotal} take work.`;
    return refusal('infeasible', message);
  }
  const small = refusalOfMemory(grid, event.spec.program.memoryMB);
  if (small) return small;
  const total = inputs.kind === 'range' ? inputs.to - inputs.from : undefined;
  if (total !== undefined) return refusalOfTotal(total);
  assert(inputs.kind === 'list', 'inputs are a range or a list');
  if (inputs.open && inputs.chunks.length === 0) return undefined;
  return refusalOfTotal(inputs.chunks.reduce((sum, chunk) => sum + chunk.count, 0));
}

/** Where nobody is here yet, the job waits for whoever comes. */
function refusalOfMemory(grid: Grid, memoryMB = 0): ErrorRecord | undefined {
  if (memoryMB === 0 || grid.takersTotal === 0) return undefined;
  let most = 0;
  for (const { counted, memoryMB: has } of grid.volunteers.all())
    if (counted > 0) most = Math.max(most, has);
  if (memoryMB <= most) return undefined;
  const message = `The job requires ${memoryMB} MB of memory for a task, and the most that a volunteer here gives is ${most}.`;
  return refusal('infeasible', message);
}

function refusalOfTotal(total: number): ErrorRecord | undefined {
  if (total <= 0) return refusal('input-empty', 'The job has no input.');
  if (total <= LIMITS.TASKS_PER_JOB_MAX) return undefined;
  return refusal('input-invalid', `A job has at most ${LIMITS.TASKS_PER_JOB_MAX} inputs.`);
}

export function refusalOfExtension(grid: Grid, event: Extended): ErrorRecord | undefined {
  const job = grid.jobs.get(event.jobId);
  if (!job) return refusalOfControl(grid, event);
  if (!job.isOpen || !job.chunks) {
    return refusal('input-invalid', 'The inputs of this job are complete.');
  }
  const { chunk } = event;
  if (!chunk) return undefined;
  const isFull = job.chunks.all.length >= LIMITS.CHUNKS_PER_JOB_MAX;
  if (isFull || job.total + chunk.count > LIMITS.TASKS_PER_JOB_MAX) {
    return refusal('quota-exceeded', 'The job has as many inputs as a job may have.');
  }
  return undefined;
}

export function refusalOfControl(
  grid: Grid,
  event: { readonly jobId: Job['id'] },
): ErrorRecord | undefined {
  if (grid.jobs.has(event.jobId)) return undefined;
  if (grid.ended.has(event.jobId)) return refusal('job-ended', `Job ${event.jobId} has ended.`);
  return refusal('job-unknown', `There is no job ${event.jobId}.`);
}

function refusal(code: ErrorCode, message: string): ErrorRecord {
  return { code, message };
}
