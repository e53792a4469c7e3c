import type {
  Explanation,
  JobView,
  NodeView,
  TaskCounts,
  VolunteerState,
} from '@manytabs/protocol';
import { explainBelief } from './belief-sentences.ts';
import { takersOf } from './eligibility.ts';
import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import type { Volunteer } from './volunteer-table.ts';

// What people see; reading changes nothing.

export function viewJob(grid: Grid, job: Job): JobView {
  const { spec, progress, notes } = job;
  const { cost, times } = notes.cost.view();
  const remaining = job.total - job.decided;
  return {
    jobId: job.id,
    name: spec.name,
    state: job.state,
    reason: job.reason,
    owner: job.owner,
    priority: spec.priority,
    quorum: job.quorum,
    ...(job.tier ? { tier: job.tier } : {}),
    ...(spec.compare ? { compare: spec.compare } : {}),
    checks: {
      audits: notes.audits,
      auditedTasks: notes.auditedTasks,
      retracted: notes.retracted,
    },
    ...(job.hasNear ? { locality: { ...job.locality } } : {}),
    ...(spec.source ? { source: spec.source } : {}),
    cost,
    ...(times ? { times } : {}),
    view: spec.view,
    kind: spec.program.module.kind,
    tasks: countTasks(job),
    open: job.isOpen,
    submittedAt: job.submittedAt,
    endedAt: undefined,
    tasksPerSecond: progress.tasksPerSecond(grid.now),
    etaMs: job.state === 'running' && !job.isOpen ? progress.etaMs(grid.now, remaining) : undefined,
    busyMs: job.busyMs,
    volunteers: notes.contributors(),
    disagreements: notes.disagreedTasks,
    errors: notes.errors(),
  };
}

export function countTasks(job: Job): TaskCounts {
  const { waiting, running, provisional, final, failed } = job.counts;
  return {
    total: job.total,
    waiting: waiting + job.freshTasks,
    running,
    provisional,
    final,
    failed,
  };
}

export function viewNode(grid: Grid, volunteer: Volunteer): NodeView {
  const { identity } = volunteer;
  const held = grid.shards.heldBy(volunteer.session);
  return {
    volunteer: identity.id,
    agent: volunteer.agent,
    road: volunteer.road,
    state: stateOf(volunteer),
    workers: volunteer.workers,
    running: Math.min(volunteer.leases.length, volunteer.workers),
    joinedAt: volunteer.joinedAt,
    heardAt: volunteer.heardAt,
    tasks: identity.tasks,
    valid: identity.valid,
    invalid: identity.invalid,
    errors: identity.errors,
    trusted: identity.isTrusted,
    checked: Math.floor(
      Math.max(0, ...[...identity.standings.values()].map((s) => s.checked(grid.now))),
    ),
    faults: Math.max(0, ...[...identity.standings.values()].map((s) => s.faults(grid.now))),
    ...(identity.isQuarantined
      ? { quarantinedAt: identity.quarantinedAt, quarantinedUntil: identity.quarantinedUntil }
      : {}),
    busyMs: identity.busyMs,
    shards: held.shards,
    shardBytes: held.bytes,
  };
}

function stateOf(volunteer: Volunteer): VolunteerState {
  if (volunteer.identity.isQuarantined) return 'quarantined';
  if (volunteer.isSuspect) return 'suspect';
  if (!volunteer.isAccepting) return 'paused';
  return volunteer.leases.length > 0 ? 'computing' : 'idle';
}

/** Why the job does not run, or not faster; the most important sentence first. */
export function explainJob(grid: Grid, job: Job): Explanation {
  const { counts, quorum } = job;
  const sentences: string[] = [];
  const say = (isTrue: boolean, sentence: string) => void (isTrue && sentences.push(sentence));
  say(job.state === 'paused', `It is paused${job.reason ? `: ${job.reason}` : ''}.`);
  say(
    grid.takersTotal === 0,
    'No volunteer is here that takes work: open the volunteer page in a tab.',
  );
  say(
    !job.tier && grid.takersTotal > 0 && grid.takersTotal < quorum.minQuorum,
    `Each task needs results of ${quorum.minQuorum} volunteers and only ${grid.takersTotal} take work.`,
  );
  sentences.push(...explainBelief(grid, job));
  say(job.hasNear && job.locality.shards > 0, localityText(job));
  say(job.refusals.size > 0, `${job.refusals.size} volunteers cannot run it: ${refusalText(job)}.`);
  say(isShort(grid, job), memoryText(job));
  say(job.isOpen && job.freshTasks === 0, 'More inputs were announced and have not come yet.');
  say(job.isHeldBack, 'Fresh tasks wait until enough results were confirmed by other volunteers.');
  say(job.urgent.size > 0, `${job.urgent.size} runs of tasks wait for another volunteer.`);
  say(job.resting > 0, `${job.resting} tasks failed and rest before they are tried again.`);
  say(
    isBehind(grid, job),
    'Jobs that have had less computing time, or a higher priority, go first.',
  );
  say(counts.running > 0, `${counts.running} tasks run on ${holders(job)} volunteers.`);
  say(
    counts.provisional > 0,
    `${counts.provisional} tasks have a result and wait for another vote.`,
  );
  return { state: job.state, sentences };
}

/** Whether there are volunteers, and none with the memory that the job asks for. */
function isShort(grid: Grid, job: Job): boolean {
  return (
    job.spec.program.memoryMB !== undefined && grid.takersTotal > 0 && takersOf(grid, job) === 0
  );
}

function memoryText({ spec }: Job): string {
  return `It requires ${spec.program.memoryMB} MB of memory for a task, and no volunteer here gives as much.`;
}

function localityText({ locality: { shards, local, byChance } }: Job): string {
  const share = (count: number) => `${Math.round((100 * count) / shards)} %`;
  return `${local} of ${shards} shards of input files (${share(local)}) were with the volunteer already; by chance it would be ${share(byChance)}.`;
}

function refusalText(job: Job): string {
  for (const { code, message } of job.refusals.values()) return `${code}: ${message}`;
  return '';
}

function isBehind(grid: Grid, job: Job): boolean {
  return job.isReady && grid.share.order[0] !== job && job.counts.running === 0;
}

function holders(job: Job): number {
  return new Set([...job.leases].map((lease) => lease.volunteer)).size;
}
