import type { JobId, JobMessage, ShardId, ShardRef } from '@manytabs/protocol';
import type { VolunteerEffect } from './effect.ts';
import { LocalJob } from './local-job.ts';
import type { LocalShards } from './local-shards.ts';
import { VOLUNTEER_LIMITS } from './volunteer-limits.ts';

/** The jobs this volunteer was told of, the longest unused first, and their way into a sandbox. */
export class LocalJobs {
  readonly #shards: LocalShards;
  readonly #jobs = new Map<JobId, LocalJob>();
  /** Those in state `ready`. */
  readonly #ready = new Set<LocalJob>();
  /** When to look for sandboxes nobody uses; never too late. */
  #reviewAt = Number.POSITIVE_INFINITY;

  constructor(shards: LocalShards) {
    this.#shards = shards;
  }

  get size(): number {
    return this.#jobs.size;
  }

  get(jobId: JobId): LocalJob | undefined {
    return this.#jobs.get(jobId);
  }

  /** Computing time that a job got here. */
  busyMs(jobId: JobId): number {
    return this.#jobs.get(jobId)?.busyMs ?? 0;
  }

  onWorked(jobId: JobId, busyMs: number): void {
    const job = this.#jobs.get(jobId);
    if (job) job.busyMs += busyMs;
  }

  all(): LocalJob[] {
    return [...this.#jobs.values()];
  }

  wakeAt(): number | undefined {
    return Number.isFinite(this.#reviewAt) ? this.#reviewAt : undefined;
  }

  /** A lease of it came; it was used just now. */
  onLeased(job: LocalJob): void {
    job.leases++;
    this.#jobs.delete(job.jobId);
    this.#jobs.set(job.jobId, job);
  }

  onLeaseEnded(job: LocalJob, at: number): void {
    job.leases--;
    if (job.leases > 0) return;
    job.idleSince = at;
    this.#reviewAt = Math.min(this.#reviewAt, at + VOLUNTEER_LIMITS.JOB_IDLE_MS);
  }

  /** Closes what was idle for long: the news that a job ended may have been lost with a link. */
  closeIdle(at: number, effects: VolunteerEffect[]): void {
    if (at < this.#reviewAt) return;
    this.#reviewAt = Number.POSITIVE_INFINITY;
    for (const job of this.#jobs.values()) {
      if (job.leases > 0 || !job.isActive) continue;
      const dueAt = job.idleSince + VOLUNTEER_LIMITS.JOB_IDLE_MS;
      if (dueAt <= at) this.deactivate(job, effects);
      else this.#reviewAt = Math.min(this.#reviewAt, dueAt);
    }
  }

  onAnnounced(message: JobMessage, effects: VolunteerEffect[]): void {
    if (this.#jobs.has(message.jobId)) return;
    const oldest = this.#jobs.size >= VOLUNTEER_LIMITS.JOBS_MAX ? this.#idle() : undefined;
    if (oldest) this.close(oldest, effects);
    this.#jobs.set(message.jobId, new LocalJob(message));
  }

  onOpened(jobId: JobId): void {
    const job = this.#jobs.get(jobId);
    if (job?.state === 'opening') job.moveTo('open');
  }

  /** False when it was not opening any more. */
  onRefused(jobId: JobId): boolean {
    const job = this.#jobs.get(jobId);
    if (job?.state !== 'opening') return false;
    this.#letShardsGo(job);
    job.moveTo('refused');
    return true;
  }

  close(job: LocalJob, effects: VolunteerEffect[]): void {
    this.deactivate(job, effects);
    this.#jobs.delete(job.jobId);
  }

  /** Starts getting what the job needs to open. */
  gather(job: LocalJob, at: number): void {
    job.moveTo('gathering');
    for (const shard of this.#shards.claimAll(job.shards(), job.jobId, at)) job.missing.add(shard);
    if (job.missing.size === 0) this.#becomeReady(job);
  }

  onPartStored(jobId: JobId, shard: ShardId): void {
    const job = this.#jobs.get(jobId);
    if (!job?.missing.delete(shard)) return;
    if (job.missing.size === 0 && job.state === 'gathering') this.#becomeReady(job);
  }

  /** A job that is not open yet must have it again; an open one has it in memory. */
  onPartLost(ref: ShardRef, at: number): void {
    for (const job of this.#jobs.values()) {
      if (job.state !== 'gathering' && job.state !== 'ready') continue;
      if (!job.shards().some(({ shard }) => shard === ref.shard)) continue;
      if (job.state === 'ready') job.moveTo('gathering');
      this.#ready.delete(job);
      job.missing.add(ref.shard);
      this.#shards.reclaim(ref, job.jobId, at);
    }
  }

  /** Opens what is ready and has work, as far as sandboxes allow; an idle one makes room. */
  openReady(effects: VolunteerEffect[]): void {
    for (const job of this.#ready) {
      if (job.leases === 0) continue;
      if (this.sandboxes() >= VOLUNTEER_LIMITS.OPEN_JOBS_MAX) {
        const idle = this.#idleOpen();
        if (!idle) return;
        this.deactivate(idle, effects);
      }
      this.#ready.delete(job);
      job.moveTo('opening');
      effects.push({ type: 'open-job', job: job.message });
    }
  }

  /** Back to a job it merely knows: no sandbox, no shards. */
  deactivate(job: LocalJob, effects: VolunteerEffect[]): void {
    if (!job.isActive) return;
    if (job.hasSandbox) effects.push({ type: 'close-job', jobId: job.jobId });
    this.#ready.delete(job);
    this.#letShardsGo(job);
    job.moveTo('known');
  }

  sandboxes(): number {
    let count = 0;
    for (const job of this.#jobs.values()) if (job.hasSandbox) count++;
    return count;
  }

  #becomeReady(job: LocalJob): void {
    job.moveTo('ready');
    this.#ready.add(job);
  }

  #letShardsGo(job: LocalJob): void {
    for (const { shard } of job.shards()) this.#shards.letGo(shard, job.jobId);
    job.missing.clear();
  }

  /** The open job without leases that was used longest ago. */
  #idleOpen(): LocalJob | undefined {
    for (const job of this.#jobs.values()) {
      if (job.state === 'open' && job.leases === 0) return job;
    }
    return undefined;
  }

  #idle(): LocalJob | undefined {
    for (const job of this.#jobs.values()) if (job.leases === 0) return job;
    return undefined;
  }
}
