import {
  type AssignMessage,
  assert,
  type ErrorCode,
  type JobId,
  type JobMessage,
  type LeaseId,
  LIMITS,
  Prng,
  type ShardId,
  unreachable,
} from '@manytabs/protocol';
import { type DonationPhase, phaseAfter } from './donation-state.ts';
import type { VolunteerEffect } from './effect.ts';
import type { DonorCommand, VolunteerEvent } from './event.ts';
import { LeaseQueue, type LocalLease } from './lease-queue.ts';
import type { LocalJob } from './local-job.ts';
import { LocalJobs } from './local-jobs.ts';
import { LocalShards, type LostShard } from './local-shards.ts';
import { Outbox, type Report } from './outbox.ts';
import { resumeMessages } from './resume.ts';
import { boundedWorkers, VOLUNTEER_LIMITS } from './volunteer-limits.ts';

type GridMessage = Extract<VolunteerEvent, { type: 'message-received' }>['message'];
type ReplicateMessage = Extract<GridMessage, { type: 'replicate' }>;

export interface VolunteerView {
  readonly phase: DonationPhase;
  readonly linked: boolean;
  readonly workers: number;
  /** Runs at work, and leases that wait for a worker, a sandbox or a shard. */
  readonly running: number;
  readonly waiting: number;
  readonly jobs: number;
  readonly fetching: number;
  /** Results that wait for a link. */
  readonly outbox: number;
  readonly shards: number;
  readonly shardBytes: number;
  /** The job of the newest run. */
  readonly job: JobMessage | undefined;
  /** The last refusal of the coordinator. */
  readonly problem: { readonly code: ErrorCode; readonly message: string } | undefined;
}

/**
 * What a volunteer does with the leases it is given: gets the shards they need, opens the jobs' sandboxes, runs them,
 * those first of the job that had least of it, and reports. It decides nothing about the grid. Invariants:
 * 1. Every lease belongs to a job it knows, and every job counts its leases.
 * 2. Nothing is sent under a lease that ended or was revoked.
 * 3. A run starts only in phase `running`, in an open sandbox, with its chunk in the store.
 * 4. Every queue has a bound in volunteer-limits.ts.
 * 5. At rest (`idle`, `stopped`) there are no leases and no sandboxes.
 */
export class Volunteer {
  readonly #jobs: LocalJobs;
  readonly #leases = new LeaseQueue();
  readonly #outbox = new Outbox();
  readonly #shards: LocalShards;
  #phase: DonationPhase = 'idle';
  #linked = false;
  #workers: number;
  #heartbeatAt: number | undefined;
  #finishBy: number | undefined;
  #newestJob: JobMessage | undefined;
  #problem: VolunteerView['problem'];
  #lastAt = 0;
  /** What the step that runs now has to say, gathered so that it is said once. */
  #effects: VolunteerEffect[] = [];
  #returned = new Map<string, LeaseId[]>();

  /** `seed` spreads whom volunteers ask first among equal holders of a shard. */
  constructor(options: { workers: number; seed?: number | undefined }) {
    this.#workers = boundedWorkers(options.workers);
    this.#shards = new LocalShards(new Prng(options.seed ?? 0, 'volunteer'));
    this.#jobs = new LocalJobs(this.#shards);
  }

  step(event: VolunteerEvent): VolunteerEffect[] {
    assert(event.at >= this.#lastAt, 'time never runs backwards');
    this.#lastAt = event.at;
    this.#on(event);
    this.#advance(event.at);
    this.#flush();
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** Takes effect with the next step; more runs than workers end by themselves. */
  setWorkers(workers: number): void {
    this.#workers = boundedWorkers(workers);
    this.#sayHeartbeatNow();
  }

  /** Bytes that may be stored here; takes effect with the next step. */
  setStorage(bytes: number): void {
    this.#shards.setBudget(bytes);
  }

  /** When it next needs a tick. */
  wakeAt(): number | undefined {
    const times = [this.#heartbeatAt, this.#shards.wakeAt(), this.#jobs.wakeAt(), this.#finishBy];
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  view(): VolunteerView {
    return {
      phase: this.#phase,
      linked: this.#linked,
      workers: this.#workers,
      running: this.#leases.runningCount,
      waiting: this.#leases.waitingCount,
      jobs: this.#jobs.size,
      fetching: this.#shards.fetching,
      outbox: this.#outbox.size,
      shards: this.#shards.size,
      shardBytes: this.#shards.bytes,
      job: this.#newestJob,
      problem: this.#problem,
    };
  }

  /** Asserts the invariants; for tests and the simulator. */
  check(): void {
    const counts = new Map<JobId, number>();
    for (const { jobId } of this.#leases.all()) counts.set(jobId, (counts.get(jobId) ?? 0) + 1);
    for (const [jobId] of counts) assert(this.#jobs.get(jobId), 'a lease has its job (1)');
    for (const job of this.#jobs.all()) {
      assert((counts.get(job.jobId) ?? 0) === job.leases, 'a job counts its leases (1)');
      if (this.#isAtRest()) assert(!job.isActive, 'nothing is open at rest (5)');
    }
    if (this.#isAtRest()) assert(this.#leases.size === 0, 'no lease is held at rest (5)');
    assert(this.#leases.size <= VOLUNTEER_LIMITS.LEASES_MAX, 'leases are bounded (4)');
    assert(this.#jobs.size <= VOLUNTEER_LIMITS.JOBS_MAX, 'jobs are bounded (4)');
    assert(this.#jobs.sandboxes() <= VOLUNTEER_LIMITS.OPEN_JOBS_MAX, 'sandboxes are bounded (4)');
    assert(this.#outbox.size <= VOLUNTEER_LIMITS.OUTBOX_MESSAGES_MAX, 'the outbox is bounded (4)');
    this.#shards.check();
  }

  #on(event: VolunteerEvent): void {
    switch (event.type) {
      case 'commanded':
        this.#onCommanded(event.command);
        break;
      case 'linked':
        this.#onLinked();
        break;
      case 'unlinked':
        this.#onUnlinked();
        break;
      case 'message-received':
        this.#onMessage(event.message, event.at);
        break;
      case 'job-opened':
        this.#jobs.onOpened(event.jobId);
        break;
      case 'job-refused':
        this.#onJobRefused(event);
        break;
      case 'tasks-ran': {
        const { lease, from, values, busyMs } = event;
        this.#report({ type: 'results', lease, from, values, busyMs }, from + event.count);
        break;
      }
      case 'task-failed': {
        const { lease, index, code, message, busyMs } = event;
        this.#report({ type: 'task-failed', lease, index, code, message, busyMs }, index + 1);
        break;
      }
      case 'run-ended':
        this.#endLease(this.#leases.running(event.lease));
        break;
      case 'shard-stored':
        this.#onStored(event);
        break;
      case 'shard-dropped':
        this.#onShardDropped(event.shard, event.at);
        break;
      case 'fetch-failed':
        this.#shards.onFetchFailed(event, event.at, this.#effects);
        break;
      case 'tick':
        break;
      default:
        unreachable(event);
    }
  }

  #onMessage(message: GridMessage, at: number): void {
    switch (message.type) {
      case 'job':
        this.#jobs.onAnnounced(message, this.#effects);
        break;
      case 'assign':
        this.#onAssign(message, at);
        break;
      case 'revoke':
        for (const lease of message.leases) this.#onRevoked(lease);
        break;
      case 'job-closed':
        this.#onJobClosed(message.jobId);
        break;
      case 'holders':
        this.#shards.onHolders(message, at, this.#effects);
        break;
      case 'replicate':
        this.#onReplicate(message, at);
        break;
      case 'drop-shards':
        for (const shard of message.shards) this.#shards.onUnwanted(shard);
        break;
      case 'reject':
        // Somebody else has the task; nothing is wrong here.
        if (message.code === 'lease-stale') break;
        this.#problem = { code: message.code, message: message.message };
        break;
      default:
        unreachable(message);
    }
  }

  // The donor's commands.

  #onCommanded(command: DonorCommand): void {
    const phase = phaseAfter(this.#phase, command);
    if (!phase) return;
    const wasPaused = this.#phase === 'paused';
    this.#phase = phase;
    this.#finishBy = undefined;
    this.#sayHeartbeatNow();
    if (phase === 'stopped') this.#rest(`the volunteer chose to ${command}`);
    if (phase === 'paused') this.#effects.push({ type: 'hold', held: true });
    if (phase === 'finishing') this.#returnAll(this.#leases.waiting(), 'the volunteer finishes');
    if (wasPaused) this.#effects.push({ type: 'hold', held: false });
  }

  /** Kills and gives back everything, and says goodbye. */
  #rest(reason: string): void {
    this.#phase = 'stopped';
    for (const lease of this.#leases.all()) {
      if (lease.state === 'running') this.#effects.push({ type: 'kill-run', lease: lease.lease });
    }
    this.#returnAll(this.#leases.all(), reason);
    for (const job of this.#jobs.all()) this.#jobs.deactivate(job, this.#effects);
    this.#shards.rest();
    this.#outbox.clear();
    this.#flush();
    this.#finishBy = undefined;
    this.#heartbeatAt = undefined;
    this.#newestJob = undefined;
    if (this.#linked) this.#effects.push({ type: 'send', message: { type: 'goodbye', reason } });
    this.#effects.push({ type: 'stopped' });
  }

  // The link.

  #onLinked(): void {
    this.#linked = true;
    this.#shards.onLinked();
    this.#resumeLeases();
    for (const { report, lease, to } of this.#outbox.takeAll()) this.#say(report, lease, to);
    this.#sayHeartbeatNow();
  }

  /** A lease of an earlier link is void until it is taken up again; whatever cannot be is revoked. */
  #resumeLeases(): void {
    const held = new Set([...this.#leases.all(), ...this.#outbox.leases()]);
    for (const message of resumeMessages([...held])) this.#effects.push({ type: 'send', message });
  }

  #onUnlinked(): void {
    this.#linked = false;
    this.#heartbeatAt = undefined;
    this.#shards.onUnlinked();
  }

  // Jobs.

  #onJobRefused(event: { jobId: JobId; code: ErrorCode; message: string }): void {
    const { jobId, code, message } = event;
    if (!this.#jobs.onRefused(jobId)) return;
    if (this.#linked) {
      this.#effects.push({ type: 'send', message: { type: 'job-refused', jobId, code, message } });
    }
    this.#returnAll(this.#leases.ofJob(jobId), 'the job cannot run here');
  }

  #onJobClosed(jobId: JobId): void {
    const job = this.#jobs.get(jobId);
    if (!job) return;
    for (const lease of this.#leases.ofJob(jobId)) this.#onRevoked(lease.lease);
    this.#jobs.close(job, this.#effects);
    if (this.#newestJob?.jobId === jobId) this.#newestJob = undefined;
  }

  // Leases.

  #onAssign(assign: AssignMessage, at: number): void {
    const { lease, jobId, chunk } = assign;
    if (this.#leases.get(lease)) return;
    const job = this.#jobs.get(jobId);
    const obstacle = this.#obstacleTo(assign, job);
    if (obstacle !== undefined || !job) {
      this.#return(lease, obstacle ?? 'the job is unknown here');
      return;
    }
    this.#jobs.onLeased(job);
    const expiresAt = at + assign.expiresInMs;
    const chunkMissing = chunk !== undefined && !this.#shards.claim(chunk, lease, at);
    const saidTo = assign.from;
    this.#leases.add({ lease, jobId, assign, expiresAt, chunkMissing, saidTo, state: 'waiting' });
    if (job.state === 'known') this.#jobs.gather(job, at);
  }

  #obstacleTo(assign: AssignMessage, job: LocalJob | undefined): string | undefined {
    if (this.#phase !== 'running') return `the volunteer is ${this.#phase}`;
    if (job?.state === 'refused') return 'the job cannot run here';
    if (assign.to <= assign.from) return 'there is no task in it';
    if (this.#leases.size >= VOLUNTEER_LIMITS.LEASES_MAX) return 'the queue is full';
    return undefined;
  }

  #onRevoked(lease: LeaseId): void {
    this.#outbox.dropLease(lease);
    const held = this.#leases.get(lease);
    if (held?.state === 'running') this.#effects.push({ type: 'kill-run', lease });
    this.#endLease(held);
  }

  #endLease(lease: LocalLease | undefined): void {
    if (!lease) return;
    this.#leases.delete(lease.lease);
    const job = this.#jobs.get(lease.jobId);
    assert(job, 'a lease has its job (1)');
    this.#jobs.onLeaseEnded(job, this.#lastAt);
    const chunk = lease.assign.chunk;
    if (chunk) this.#shards.letGo(chunk.shard, lease.lease);
  }

  #returnAll(leases: readonly LocalLease[], reason: string): void {
    for (const lease of leases) {
      this.#endLease(lease);
      this.#return(lease.lease, reason);
    }
  }

  #return(lease: LeaseId, reason: string): void {
    const leases = this.#returned.get(reason) ?? [];
    leases.push(lease);
    this.#returned.set(reason, leases);
  }

  #report(report: Report, to: number): void {
    const lease = this.#leases.running(report.lease);
    if (!lease) return;
    this.#jobs.onWorked(lease.jobId, report.busyMs);
    if (this.#linked) this.#say(report, lease, to);
    else this.#outbox.add({ report, lease, to });
  }

  #say(report: Report, lease: LocalLease, to: number): void {
    lease.saidTo = Math.max(lease.saidTo, to);
    this.#effects.push({ type: 'send', message: report });
  }

  // Shards.

  #onStored(stored: Extract<VolunteerEvent, { type: 'shard-stored' }>): void {
    for (const waiter of this.#shards.onStored(stored, this.#effects)) {
      if (typeof waiter === 'number') this.#onChunkStored(waiter);
      else this.#jobs.onPartStored(waiter, stored.shard);
    }
  }

  #onChunkStored(lease: LeaseId): void {
    const held = this.#leases.get(lease);
    if (held) held.chunkMissing = false;
  }

  /** What waits and needs the shard gets it again; what runs or is open has it in memory. */
  #onShardDropped(shard: ShardId, at: number): void {
    const bytes = this.#shards.onDropped(shard);
    if (bytes === undefined) return;
    for (const lease of this.#leases.waiting()) {
      if (lease.assign.chunk?.shard !== shard) continue;
      lease.chunkMissing = true;
      this.#shards.reclaim({ shard, bytes }, lease.lease, at);
    }
    this.#jobs.onPartLost({ shard, bytes }, at);
  }

  #onReplicate({ shard, bytes, peers }: ReplicateMessage, at: number): void {
    const mayStay = this.#phase === 'running' || this.#phase === 'paused';
    if (mayStay) this.#shards.keep({ shard, bytes }, { peers, at }, this.#effects);
    else this.#shards.refuse(shard);
  }

  #onLost({ shard, waiters }: LostShard): void {
    const reason = `no source could give shard ${shard.slice(0, 12)}`;
    for (const waiter of waiters) {
      if (typeof waiter === 'number') {
        const lease = this.#leases.get(waiter);
        if (lease) this.#returnAll([lease], reason);
      } else {
        this.#returnAll(this.#leases.ofJob(waiter), reason);
        const job = this.#jobs.get(waiter);
        if (job) this.#jobs.deactivate(job, this.#effects);
      }
    }
  }

  // What follows from every event.

  #advance(at: number): void {
    this.#jobs.closeIdle(at, this.#effects);
    this.#shards.trim(this.#effects);
    if (this.#isAtRest()) return;
    for (const lost of this.#shards.advance(at, this.#effects)) this.#onLost(lost);
    if (this.#leases.waitingCount > 0) this.#jobs.openReady(this.#effects);
    this.#startRuns(at);
    this.#endFinishing(at);
    this.#heartbeat(at);
  }

  #startRuns(at: number): void {
    if (this.#phase !== 'running') return;
    while (this.#leases.runningCount < this.#workers && this.#leases.waitingCount > 0) {
      const next = this.#leases.nextWaiting(at, this.#jobs, (lease) => this.#mayStart(lease));
      if (!next) return;
      if (next.expiresAt <= at) this.#returnAll([next], 'it expired before it could start');
      else this.#startRun(next);
    }
  }

  #mayStart(lease: LocalLease): boolean {
    return !lease.chunkMissing && this.#jobs.get(lease.jobId)?.state === 'open';
  }

  #startRun(lease: LocalLease): void {
    const { from, to, chunk, chunkFrom, check, checkpoint } = lease.assign;
    this.#leases.start(lease);
    this.#newestJob = this.#jobs.get(lease.jobId)?.message;
    this.#effects.push({
      type: 'run',
      lease: lease.lease,
      jobId: lease.jobId,
      from,
      to,
      chunk,
      chunkFrom: chunkFrom ?? from,
      check,
      checkpoint,
    });
  }

  /** Finishing is over with the last run, and once its results could leave or waited long enough. */
  #endFinishing(at: number): void {
    if (this.#phase !== 'finishing' || this.#leases.runningCount > 0) return;
    this.#finishBy ??= at + VOLUNTEER_LIMITS.FINISH_WAIT_MS;
    if (this.#outbox.size === 0 || at >= this.#finishBy) this.#rest('the volunteer finished');
  }

  #heartbeat(at: number): void {
    if (!this.#linked || this.#isAtRest()) return;
    if (this.#heartbeatAt !== undefined && at < this.#heartbeatAt) return;
    this.#heartbeatAt = at + LIMITS.HEARTBEAT_MS;
    const accepting = this.#phase === 'running' && this.#leases.size < VOLUNTEER_LIMITS.LEASES_MAX;
    const running = this.#leases.runningCount;
    const message = { type: 'heartbeat', workers: this.#workers, accepting, running } as const;
    this.#effects.push({ type: 'send', message });
  }

  #sayHeartbeatNow(): void {
    this.#heartbeatAt = this.#linked ? this.#lastAt : undefined;
  }

  /** Says what was gathered; without a link, the next `linked` tells all that still matters. */
  #flush(): void {
    const held = this.#shards.report();
    const returned = [...this.#returned];
    this.#returned.clear();
    if (!this.#linked) return;
    for (const piece of held) {
      this.#effects.push({ type: 'send', message: { type: 'held', ...piece } });
    }
    for (const [reason, leases] of returned) {
      this.#effects.push({ type: 'send', message: { type: 'leases-returned', leases, reason } });
    }
  }

  #isAtRest(): boolean {
    return this.#phase === 'idle' || this.#phase === 'stopped';
  }
}
