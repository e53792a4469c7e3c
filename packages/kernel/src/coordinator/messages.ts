import { type ErrorCode, unreachable } from '@manytabs/protocol';
import { benchReturner } from './bench.ts';
import type { CoordinatorEvent, WorkMessage } from './event.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import { endJob } from './jobs.ts';
import { loseLease } from './losses.ts';
import { onHeard, onHeartbeat } from './presence.ts';
import { onResults, onTaskFailed, refuse } from './results.ts';
import { onResume } from './resume.ts';
import { LOG_LINES_MAX, type Volunteer } from './volunteer-table.ts';

type Received = Extract<CoordinatorEvent, { type: 'message-received' }>;
type MessageOf<Type extends WorkMessage['type']> = Extract<WorkMessage, { type: Type }>;

const LOG_LINES_PER_SECOND = 50;

/** Takes in what a volunteer says; one that was sent away already is not heard. */
export function onMessage(grid: Grid, event: Received): Volunteer | undefined {
  const volunteer = grid.volunteers.at(event.session);
  if (!volunteer) return undefined;
  onHeard(grid, volunteer);
  grid.cause = event.message.type;
  understand(grid, volunteer, event.message);
  return MAKE_ROOM.has(event.message.type) ? volunteer : undefined;
}

function understand(grid: Grid, volunteer: Volunteer, message: WorkMessage): void {
  switch (message.type) {
    case 'results':
      return onResults(grid, volunteer, message);
    case 'task-failed':
      return onTaskFailed(grid, volunteer, message);
    case 'leases-returned':
      return onLeasesReturned(grid, volunteer, message);
    case 'resume':
      return onResume(grid, volunteer, message);
    case 'heartbeat':
      return onHeartbeat(grid, volunteer, message);
    case 'progress':
      return onProgress(grid, volunteer, message);
    case 'checkpoint':
      return onCheckpoint(grid, volunteer, message);
    case 'log':
      return onLog(grid, volunteer, message);
    case 'preview':
      return onPreview(grid, volunteer, message);
    case 'held':
      return onHeld(grid, volunteer, message);
    case 'locate':
      return onLocate(grid, volunteer, message);
    case 'job-refused':
      return onJobRefused(grid, volunteer, message);
    default:
      return unreachable(message);
  }
}

/** After the other messages there is no more room or work than before. */
const MAKE_ROOM: ReadonlySet<WorkMessage['type']> = new Set<WorkMessage['type']>([
  'results',
  'task-failed',
  'leases-returned',
  'resume',
  'job-refused',
  'heartbeat',
]);

function onLeasesReturned(
  grid: Grid,
  volunteer: Volunteer,
  message: MessageOf<'leases-returned'>,
): void {
  for (const id of message.leases) {
    const lease = grid.leases.find(id, volunteer);
    if (lease) loseLease(grid, lease, { detail: `returned, ${message.reason}`, isBegun: false });
  }
  // It may have forgotten the job; and one that can do nothing now must not get the same at once, over and over.
  for (const slot of volunteer.slots.values()) slot.isTold = false;
  benchReturner(grid, volunteer);
}

/** Volunteers mention the leases of an earlier link this way, to hear which of them are void. */
function onProgress(grid: Grid, volunteer: Volunteer, message: MessageOf<'progress'>): void {
  if (!grid.leases.find(message.lease, volunteer)) refuse(grid, volunteer, message.lease);
}

function onCheckpoint(grid: Grid, volunteer: Volunteer, message: MessageOf<'checkpoint'>): void {
  const lease = grid.leases.find(message.lease, volunteer);
  const { index, state } = message;
  if (!lease || lease.questions || index < lease.from || index >= lease.to) return;
  lease.job.checkpoints.keep(lease, { index, state, at: grid.now });
}

function onLog(grid: Grid, volunteer: Volunteer, message: MessageOf<'log'>): void {
  const lease = grid.leases.find(message.lease, volunteer);
  const { index, text } = message;
  if (!lease || index < lease.from || index >= lease.to || !spendLogCredit(grid, volunteer)) return;
  const row = { index, volunteer: volunteer.identity.id, text };
  lease.job.notes.logs.add({ at: grid.now, ...row });
  grid.out.tellPeople({ type: 'log', jobId: lease.job.id, ...row });
}

/** More often than this a volunteer shows nothing. */
const PREVIEW_GAP_MS = 500;

function onPreview(grid: Grid, volunteer: Volunteer, message: MessageOf<'preview'>): void {
  const lease = grid.leases.find(message.lease, volunteer);
  const { index, width, height, rgba } = message;
  if (!lease || index < lease.from || index >= lease.to) return;
  if (!lease.job.spec.program.previews || rgba.length !== 4 * width * height) return;
  if (grid.now - volunteer.previewAt < PREVIEW_GAP_MS) return;
  volunteer.previewAt = grid.now;
  const by = volunteer.identity.id;
  const picture = { width, height, rgba };
  grid.out.tellPeople({ type: 'preview', jobId: lease.job.id, index, volunteer: by, ...picture });
}

function spendLogCredit(grid: Grid, volunteer: Volunteer): boolean {
  const earned = ((grid.now - volunteer.logCreditAt) / 1_000) * LOG_LINES_PER_SECOND;
  volunteer.logCredit = Math.min(LOG_LINES_MAX, volunteer.logCredit + earned);
  volunteer.logCreditAt = grid.now;
  if (volunteer.logCredit < 1) return false;
  volunteer.logCredit--;
  return true;
}

/** Small shards are pushed to whoever needs them, so who has them is only kept to push them once. */
function onHeld(grid: Grid, volunteer: Volunteer, message: MessageOf<'held'>): void {
  for (const shard of message.added) volunteer.hold(shard);
  for (const shard of message.dropped) volunteer.shards.delete(shard);
  const { shards, inlineShards } = grid;
  const added = message.added.filter((shard) => shards.isWanted(shard) || !inlineShards.has(shard));
  shards.onHeld(volunteer.session, added, message.dropped);
}

function onLocate(grid: Grid, volunteer: Volunteer, message: MessageOf<'locate'>): void {
  const { shard } = message;
  const peers = grid.shards.locate(shard, volunteer.session, grid.now);
  if (peers) grid.out.send(volunteer.session, { type: 'holders', shard, peers });
}

/** Refusals of a job that nobody has run yet, by several or everybody who is here, end it. */
function onJobRefused(grid: Grid, volunteer: Volunteer, message: MessageOf<'job-refused'>): void {
  const job = grid.jobs.get(message.jobId);
  if (!job?.told.has(volunteer)) return;
  volunteer.slot(job).isRefused = true;
  job.refusals.set(volunteer.identity, { code: message.code, message: message.message });
  for (const lease of [...volunteer.leases]) {
    if (lease.job === job && lease.isLive) {
      loseLease(grid, lease, { detail: `refused, ${message.code}`, isBegun: false });
    }
  }
  if (isRefusedByAll(grid, job)) endRefused(grid, job, message);
}

const REFUSALS_TO_END = 3;

/** What is wrong with a job wherever it is opened, and not with the one who opens it. */
const BY_THE_JOB: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'syntax-error',
  'module-unresolved',
  'export-missing',
  'wasm-invalid',
  'free-variable',
  'input-invalid',
  'task-threw',
  'task-timeout',
  'task-crashed',
]);

function isRefusedByAll(grid: Grid, job: Job): boolean {
  if (job.decided > 0 || job.counts.provisional > 0) return false;
  return job.refusals.size >= Math.min(REFUSALS_TO_END, Math.max(1, grid.takersTotal));
}

function endRefused(grid: Grid, job: Job, last: { code: ErrorCode; message: string }): void {
  const isSame = [...job.refusals.values()].every((refusal) => refusal.code === last.code);
  if (isSame && BY_THE_JOB.has(last.code))
    endJob(grid, job, 'failed', `${last.code}: ${last.message}`);
}
