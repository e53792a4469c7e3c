import { assert, LIMITS, type ShardRef } from '@manytabs/protocol';
import { hasForeignVotes } from './engines.ts';
import type { Grid } from './grid.ts';
import { isInline } from './inline-shards.ts';
import type { Job } from './job.ts';
import type { Lease } from './lease-table.ts';
import { noteLocality } from './locality.ts';
import { askedOf, questionsOf } from './questions.ts';
import { beginAnew } from './settle.ts';
import type { Span } from './span.ts';
import { refresh } from './spans.ts';
import type { Volunteer } from './volunteer-table.ts';

/** Charged for a task of unknown cost until it is measured. */
const MS_PER_TASK_GUESS = 100;

const NO_PROOF = new Uint8Array(8);

/** Leases adjacent spans as one bundle to a volunteer and sends it what it needs for them. */
export function assign(
  grid: Grid,
  volunteer: Volunteer,
  bundle: { readonly spans: readonly Span[]; readonly isSpeculative: boolean },
): void {
  const first = bundle.spans[0];
  const last = bundle.spans[bundle.spans.length - 1];
  assert(first && last, 'a bundle has tasks');
  const { job } = first;
  const range = { from: first.from, to: last.to };
  const { isSpeculative } = bundle;
  const questions = questionsOf(bundle.spans);
  const lease = grant(grid, volunteer, job, { ...range, isSpeculative, questions });
  for (const span of bundle.spans) cover(grid, span, lease);
  account(grid, lease);
  tell(grid, lease);
}

function grant(
  grid: Grid,
  volunteer: Volunteer,
  job: Job,
  bundle: Pick<Lease, 'from' | 'to' | 'isSpeculative' | 'questions'>,
): Lease {
  const { leaseMs, ...estimate } = termOf(grid, volunteer, job, bundle.to - bundle.from);
  return grid.leases.grant({
    job,
    volunteer,
    from: bundle.from,
    to: bundle.to,
    assignedAt: grid.now,
    expiresAt: grid.now + leaseMs,
    returnBy: grid.now + Math.max(leaseMs, grid.limits.resumeMsMax),
    ...estimate,
    isSpeculative: bundle.isSpeculative,
    questions: bundle.questions,
  });
}

/** How long so many tasks should take, and may. */
export function termOf(
  grid: Grid,
  volunteer: Volunteer,
  job: Job,
  tasks: number,
): { leaseMs: number; msPerTask: number | undefined; expectedMs: number | undefined } {
  const { timeoutMs } = job.spec.program;
  const msPerTask = volunteer.slot(job).msPerTask ?? job.msPerTask;
  const workers = Math.max(1, volunteer.workers);
  const expectedMs =
    msPerTask === undefined ? undefined : volunteer.queuedMs / workers + msPerTask * tasks;
  const leaseMs = Math.max(
    grid.limits.leaseMsMin,
    3 * (expectedMs ?? volunteer.queuedMs / workers),
    // One task may take as long as its job allows, whatever the others took.
    (expectedMs ?? 0) + 1.5 * timeoutMs,
  );
  return { leaseMs: Math.ceil(leaseMs), msPerTask, expectedMs };
}

export function cover(grid: Grid, span: Span, lease: Lease): void {
  assert(!span.hasLeaseOf(lease.volunteer.identity), 'an identity has one copy of a task');
  assert(!span.hasVoteOf(lease.volunteer.identity), 'who voted gets no copy');
  if (hasForeignVotes(span, lease.volunteer.identity)) beginAnew(grid, span);
  span.leases = [...span.leases, lease];
  if (lease.isSpeculative) span.isSpeculated = true;
  refresh(grid, span);
}

function account(grid: Grid, lease: Lease): void {
  const { job, volunteer } = lease;
  const tasks = lease.to - lease.from;
  enlist(grid, lease);
  job.assignedTasks += tasks;
  if (lease.isSpeculative) job.speculatedTasks += tasks;
  job.notes.story.add({
    at: grid.now,
    from: lease.from,
    to: lease.to,
    cause: grid.cause,
    what: lease.isSpeculative ? 'speculated' : 'assigned',
    who: volunteer.identity.id,
    lease: lease.id,
    detail: undefined,
  });
}

/** From now on the lease is work that its volunteer has. */
export function enlist(grid: Grid, lease: Lease): void {
  const { job, volunteer, remaining } = lease;
  job.leases.add(lease);
  volunteer.leases.push(lease);
  volunteer.queuedMs += (lease.msPerTask ?? 0) * remaining;
  grid.share.charge(job, (lease.msPerTask ?? MS_PER_TASK_GUESS) * remaining);
  grid.syncReady(job);
}

function tell(grid: Grid, lease: Lease): void {
  const { job, volunteer, from, to, questions } = lease;
  introduce(grid, volunteer, job);
  const jobId = job.id;
  const checkpoint = questions ? undefined : job.checkpoints.within(from, to, volunteer.identity);
  const sealed = { volunteer: volunteer.identity.id, lease: lease.id, jobId, from, to };
  const message = {
    type: 'assign',
    jobId,
    lease: lease.id,
    from,
    to,
    expiresInMs: lease.expiresAt - grid.now,
    // A check cannot be taken up again: its answers would be taken for results.
    proof: questions ? NO_PROOF : grid.seal.prove(sealed),
    ...(questions ? { check: askedOf(questions) } : {}),
    ...(checkpoint ? { checkpoint } : {}),
  } as const;
  if (!job.chunks) return grid.out.send(volunteer.session, message);
  const { chunk, from: chunkFrom, to: chunkTo } = job.chunks.at(from);
  assert(to <= chunkTo, 'a bundle lies in one input chunk');
  const slot = volunteer.slot(job);
  if (slot.chunk !== chunk.shard) noteGiven(grid, volunteer, job, chunk);
  slot.chunk = chunk.shard;
  push(grid, volunteer, chunk);
  noteLocality(grid, volunteer, job, from);
  const ref = { shard: chunk.shard, bytes: chunk.bytes };
  grid.out.send(volunteer.session, { ...message, chunk: ref, chunkFrom });
}

/** Tells a volunteer of a job once, before its first bundle of it. */
function introduce(grid: Grid, volunteer: Volunteer, job: Job): void {
  const slot = volunteer.slot(job);
  if (slot.isTold) return;
  slot.isTold = true;
  job.told.add(volunteer);
  const { spec } = job;
  for (const shard of job.programShards()) noteGiven(grid, volunteer, job, shard);
  push(grid, volunteer, spec.program.module.code);
  for (const shard of smallFiles(job)) push(grid, volunteer, shard);
  const { rangeFrom: _, ...program } = spec.program;
  const rangeFrom = spec.inputs.kind === 'range' ? spec.inputs.from : undefined;
  grid.out.send(volunteer.session, {
    type: 'job',
    jobId: job.id,
    name: spec.name,
    purpose: spec.purpose,
    submitter: job.owner.slice(0, LIMITS.NAME_CHARS_MAX),
    program: rangeFrom === undefined ? program : { ...program, rangeFrom },
    ...(spec.view ? { view: spec.view } : {}),
  });
}

/** The first files that together are no larger than one control message; the others are fetched. */
function smallFiles(job: Job): ShardRef[] {
  const shards: ShardRef[] = [];
  let bytes = 0;
  for (const file of job.spec.program.files) {
    bytes += file.bytes;
    if (bytes > LIMITS.CONTROL_BYTES_MAX) return shards;
    shards.push(...file.shards);
  }
  return shards;
}

/** What it has is not sent again. */
function noteGiven(grid: Grid, volunteer: Volunteer, job: Job, ref: ShardRef): void {
  const has = volunteer.shards.has(ref.shard) || grid.shards.holds(volunteer.session, ref.shard);
  if (!has) job.notes.cost.addGiven(ref.bytes);
}

/** A small shard travels ahead of the message that needs it, once a link. */
function push(grid: Grid, volunteer: Volunteer, ref: ShardRef): void {
  if (!isInline(ref) || volunteer.shards.has(ref.shard)) return;
  volunteer.hold(ref.shard);
  grid.out.sendShard(volunteer.session, ref.shard);
}
