import { assert, type Column, type ErrorCode } from '@manytabs/protocol';
import type { Escrow } from './escrow.ts';
import type { Job } from './job.ts';
import type { Lease } from './lease-table.ts';
import type { Page } from './page.ts';
import type { Identity } from './volunteer-table.ts';

/** A result that needs more votes. The column may reach beyond the span. */
export interface Vote {
  readonly identity: Identity;
  readonly column: Column;
  /** Its voter did not compute it but checked somebody else's. */
  readonly isCheck?: boolean;
}

/** Somebody checked the result of another, and says that it is wrong, or that it could not be checked. */
export interface Objection {
  readonly identity: Identity;
  readonly to: Identity;
  readonly isUnable: boolean;
}

export interface Failure {
  readonly identity: Identity;
  readonly by: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** What a person counts the tasks of a span as. */
export type Phase = 'waiting' | 'running' | 'provisional';

const NONE: readonly never[] = [];

/**
 * Consecutive undecided tasks with the same history. The lists are replaced, never changed, so the parts of a span that
 * was split share them.
 */
export class Span {
  readonly job: Job;
  readonly page: Page;
  readonly from: number;
  to: number;
  votes: readonly Vote[] = NONE;
  objections: readonly Objection[] = NONE;
  /** The next who is asked is to check this, and not to compute. */
  candidate: Vote | undefined;
  /** How these votes fall into groups. */
  grouped: { readonly votes: readonly Vote[]; readonly groups: readonly number[] } | undefined;
  /** Live assignments that cover the span and have not reported on it. */
  leases: readonly Lease[] = NONE;
  errors: readonly Failure[] = NONE;
  /** Who gave up or vanished with a copy; they are asked again last. */
  lost: readonly Identity[] = NONE;
  /** Whose vote was taken back; they are not asked again. */
  barred: readonly Identity[] = NONE;
  /** Copies that may have been begun and came to nothing. */
  lostCount = 0;
  /** Results asked for. */
  asked: number;
  isSpeculated = false;
  /** Only these are asked for another result. */
  reserve: 'anchor' | 'trusted' | undefined;
  /** The window of single results it waits in. */
  escrow: Escrow | undefined;
  /** It is believed, and final then if its volunteers are not found wrong meanwhile. */
  coolUntil: number | undefined;
  /** At least two of its votes agree. */
  isAgreed = false;
  /** It counts among the compared tasks, and among those on which no two volunteers agree. */
  isCompared = false;
  isScattered = false;
  /** Its one task crashed again and again while it ran alone. */
  isCrasher = false;
  /** The results that those who watch were told last. */
  told: Column | undefined;
  phase: Phase = 'waiting';
  queue: Set<Span> | undefined;
  /** It failed, and no copy is made for a while. */
  isResting = false;
  /** Managed by Deadlines. */
  bucket = Number.NaN;

  constructor(job: Job, page: Page, range: { readonly from: number; readonly to: number }) {
    assert(range.from < range.to, 'a span has tasks');
    this.job = job;
    this.page = page;
    this.from = range.from;
    this.to = range.to;
    this.asked = job.quorum.targetResults;
  }

  get count(): number {
    return this.to - this.from;
  }

  /** Executions that came to an end. */
  get spent(): number {
    return this.votes.length + this.objections.length + this.errors.length + this.lostCount;
  }

  /** Copies to hand out now. */
  get missing(): number {
    if (this.isResting) return 0;
    const live = this.leases.length;
    const missing = this.asked - this.votes.length - live;
    return Math.max(0, Math.min(missing, this.job.quorum.maxTotalResults - this.spent - live));
  }

  /** The part from `at` on with the same history; this span keeps what is before. */
  split(at: number): Span {
    assert(at > this.from && at < this.to, 'a span is split inside');
    const rest = new Span(this.job, this.page, { from: at, to: this.to });
    this.to = at;
    rest.votes = this.votes;
    rest.objections = this.objections;
    rest.candidate = this.candidate;
    rest.grouped = this.grouped;
    rest.leases = this.leases;
    rest.errors = this.errors;
    rest.lost = this.lost;
    rest.barred = this.barred;
    rest.lostCount = this.lostCount;
    rest.asked = this.asked;
    rest.isSpeculated = this.isSpeculated;
    rest.reserve = this.reserve;
    rest.coolUntil = this.coolUntil;
    if (this.coolUntil !== undefined) this.job.cooling.add(rest);
    rest.isAgreed = this.isAgreed;
    rest.isCompared = this.isCompared;
    rest.isScattered = this.isScattered;
    rest.told = this.told;
    this.escrow?.onSplit(this, rest);
    rest.phase = this.phase;
    rest.queue = this.queue;
    for (const vote of this.votes) vote.identity.openVotes++;
    this.page.add(rest);
    rest.queue?.add(rest);
    return rest;
  }

  /** The part that lies in `[from, to)`, split off where it is not the whole. */
  carve(from: number, to: number): Span {
    const part = from > this.from ? this.split(from) : this;
    if (to < part.to) part.split(to);
    return part;
  }

  /** Nothing more is done for it until something else happens. */
  get isWaiting(): boolean {
    return this.escrow !== undefined || this.coolUntil !== undefined;
  }

  hasVoteOf(identity: Identity): boolean {
    return this.votes.some((vote) => vote.identity === identity);
  }

  /** Whether the identity has checked what would be checked next, and spoke against it. */
  hasObjected(identity: Identity): boolean {
    const to = this.candidate?.identity;
    return this.objections.some((one) => one.identity === identity && one.to === to);
  }

  hasLeaseOf(identity: Identity): boolean {
    return this.leases.some((lease) => lease.volunteer.identity === identity);
  }

  hasErrorOf(identity: Identity): boolean {
    return this.errors.some((error) => error.identity === identity);
  }
}
