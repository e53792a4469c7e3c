import { type JobId, Prng } from '@manytabs/protocol';
import { FairShare } from '../scheduling/fair-share.ts';
import { type SchedulingLimits, schedulingLimits } from '../scheduling/scheduling-limits.ts';
import { ShardMap } from '../shards/shard-map.ts';
import { ErrorPrior } from '../validation/credibility.ts';
import { Attempts } from './attempts.ts';
import { Deadlines } from './deadlines.ts';
import { EndedJobs } from './ended-jobs.ts';
import type { Escrow } from './escrow.ts';
import { InlineShards } from './inline-shards.ts';
import type { Job } from './job.ts';
import { keyOfSeed, LeaseSeal } from './lease-seal.ts';
import { LeaseTable } from './lease-table.ts';
import { Outbox } from './outbox.ts';
import type { Span } from './span.ts';
import { type Identity, type Volunteer, VolunteerTable } from './volunteer-table.ts';

export interface GridOptions {
  readonly seed: number;
  /** Above that of every earlier life. */
  readonly epoch: number;
  readonly limits?: Partial<SchedulingLimits> | undefined;
  /** 16 secret bytes, the same in every life: leases of an earlier one are known by it. Without it, the seed's. */
  readonly leaseKey?: Uint8Array | undefined;
}

/** Everything the coordinator machine knows, shared by the parts of it. */
export class Grid {
  readonly limits: SchedulingLimits;
  readonly prng: Prng;
  readonly jobs = new Map<JobId, Job>();
  readonly ended: EndedJobs;
  readonly volunteers: VolunteerTable;
  readonly leases: LeaseTable;
  readonly seal: LeaseSeal;
  readonly share = new FairShare<Job>();
  readonly shards: ShardMap;
  readonly attempts: Attempts;
  readonly inlineShards = new InlineShards();
  readonly deadlines = new Deadlines<Volunteer>();
  readonly jobDeadlines = new Deadlines<Job>();
  /** Spans that failed and wait before they are tried again. */
  readonly resting = new Deadlines<Span>();
  /** Jobs whose budget is spent. */
  readonly spent = new Set<Job>();
  readonly out = new Outbox();
  /** Have a free worker and found nothing to do; the longest waiting first. */
  readonly idle = new Set<Volunteer>();
  /** Have all workers busy and nothing in store. */
  readonly thirsty = new Set<Volunteer>();
  /** Work appeared that somebody idle might take. */
  hasNewWork = false;
  /** Nothing is handed out any more. */
  isDraining = false;
  /** Nothing is handed out until the store takes records again. */
  isStalled = false;
  /** Jobs whose last task may have been decided in this step. */
  readonly touched = new Set<Job>();
  /** Volunteers that lost leases in this step by no doing of their own. */
  readonly freed = new Set<Volunteer>();
  /** Identities that lost a vote in this step. */
  readonly blamed = new Set<Identity>();
  /** Replayed jobs with spans for which no copy may be made any more: they fail with the first step. */
  readonly unsettled = new Set<Job>();
  /** Jobs where credibility decides. */
  readonly tierJobs = new Set<Job>();
  readonly prior = new ErrorPrior();
  /** Identities that are in quarantine. */
  shutOut = 0;
  /** Grows with everything that may make a result more believable. */
  evidence = 0;
  /** Windows whose audits all ended in this step. */
  readonly audited = new Set<Escrow>();
  /** When to look again at what waits to be believed. */
  reassessAt = 0;
  /** Workers of volunteers that take work. */
  workersTotal = 0;
  /** Volunteers that take work. */
  takersTotal = 0;
  finalTotal = 0;
  /** Bytes of results that wait for votes. */
  pendingBytes = 0;
  runningTotal = 0;
  /** Jobs that are a part of one with another id. */
  siblings = 0;
  /** When to look for stragglers next. */
  reviewAt = 0;
  /** When to have a copy prove itself next. */
  scrubAt = 0;
  readonly scrubDraws: Prng;
  now = 0;
  cause = '';

  constructor(options: GridOptions) {
    this.limits = schedulingLimits(options.limits);
    this.prng = new Prng(options.seed, 'coordinator');
    this.attempts = new Attempts(options.epoch);
    this.leases = new LeaseTable(options.epoch);
    this.seal = new LeaseSeal(options.leaseKey ?? keyOfSeed(options.seed));
    this.volunteers = new VolunteerTable(this.limits.identitiesMax);
    this.shards = new ShardMap(this.prng.fork('shards'));
    this.scrubDraws = this.prng.fork('scrub');
    this.ended = new EndedJobs({
      jobsMax: this.limits.endedJobsMax,
      bytesMax: this.limits.endedBytesMax,
    });
  }

  /** Whether a volunteer may be handed anything now. */
  takesWork(volunteer: Volunteer): boolean {
    return (
      !this.isDraining &&
      !this.isStalled &&
      !volunteer.isGone &&
      volunteer.isAccepting &&
      !volunteer.isSuspect &&
      !volunteer.identity.isQuarantined &&
      volunteer.workers > 0 &&
      volunteer.benchedUntil <= this.now
    );
  }

  /** Keeps the totals in step after anything about a volunteer changed that `takesWork` reads. */
  recount(volunteer: Volunteer): void {
    const takes = this.takesWork(volunteer);
    const counted = takes ? volunteer.workers : 0;
    this.takersTotal += (counted > 0 ? 1 : 0) - (volunteer.counted > 0 ? 1 : 0);
    this.workersTotal += counted - volunteer.counted;
    // With fewer helpers, those who are left may be asked for what others were to do.
    if (counted < volunteer.counted) this.hasNewWork = true;
    if (counted !== volunteer.counted) this.evidence++;
    volunteer.counted = counted;
    if (takes) return;
    this.idle.delete(volunteer);
    this.thirsty.delete(volunteer);
  }

  /** Puts a job in or out of the queue for workers. */
  syncReady(job: Job): void {
    const queued = job.urgent.size + job.replicas.size + job.reserved.size;
    const hasWork = job.hasFresh || queued > 0;
    this.share.setReady(job, job.state === 'running' && hasWork);
  }
}
