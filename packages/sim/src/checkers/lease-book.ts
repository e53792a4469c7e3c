import type { JobRecord, WorkMessage } from '@manytabs/kernel';
import {
  type AssignMessage,
  type JobId,
  type LeaseId,
  type ResumeMessage,
  type SessionId,
  sameBytes,
  type VolunteerId,
} from '@manytabs/protocol';
import type { Facts } from '../facts.ts';
import { type PlannedJob, valuesOf } from '../workload.ts';

/** A result that was delivered, whether it could count or not. */
export interface Ballot {
  readonly volunteer: VolunteerId;
  readonly value: number;
  /** Why it must not count, if so. */
  readonly flaw: string | undefined;
}

interface BookedLease {
  readonly lease: LeaseId;
  /** The link that it was given or last taken up on. */
  session: SessionId;
  readonly volunteer: VolunteerId;
  readonly book: JobBook;
  readonly from: number;
  readonly to: number;
  expiresAt: number;
  readonly proof: Uint8Array;
  /** Tasks of it that nothing was delivered for. */
  readonly open: Set<number>;
  /** What it took over from other leases of its holder with its last `resume`. */
  displaced: { readonly from: BookedLease; readonly index: number }[];
  /** Why it is over. */
  ended: string | undefined;
}

const LINK_BROKE = 'its holder left';

/** What the checkers know of one job. */
export interface JobBook {
  readonly job: PlannedJob;
  readonly ballots: Map<number, Ballot[]>;
  /** Live leases that cover a task. */
  readonly live: Uint16Array;
  /** Leases ever given on a task. */
  readonly copies: Uint16Array;
  /** Tasks that ended, and who has a vote on a task that outlives the coordinator, both as recorded. */
  readonly decided: Uint8Array;
  readonly voted: Map<number, Set<VolunteerId>>;
  /** Who failed at a task, as far as a coordinator that lives was told. */
  readonly erred: Map<number, Set<VolunteerId>>;
  /** Tasks handed out in all, and those handed out though enough copies were on their way. */
  assigned: number;
  spare: number;
}

/** A lease that runs out is ended at most so much later (CO6); until then what comes under it counts. */
const LATE_MS_MAX = 250;

/** A book of its own of all leases and results, kept from what crossed the wire, for the checkers to look things up. */
export class LeaseBook implements Facts {
  readonly jobs = new Map<JobId, JobBook>();
  readonly #sessions = new Map<SessionId, VolunteerId>();
  readonly #leases = new Map<LeaseId, BookedLease>();
  readonly #ofSession = new Map<SessionId, Set<BookedLease>>();
  /** Copies that an identity got while it had one, by description. */
  readonly doubles: string[] = [];

  onSubmitted(_at: number, job: PlannedJob): void {
    const { tasks } = job.plan;
    this.jobs.set(job.jobId, {
      job,
      ballots: new Map(),
      live: new Uint16Array(tasks),
      copies: new Uint16Array(tasks),
      decided: new Uint8Array(tasks),
      voted: new Map(),
      erred: new Map(),
      assigned: 0,
      spare: 0,
    });
  }

  onJoined(_at: number, session: SessionId, volunteer: VolunteerId): void {
    this.#sessions.set(session, volunteer);
    this.#ofSession.set(session, new Set());
  }

  onLeft(_at: number, session: SessionId): void {
    for (const lease of [...this.leasesOf(session)]) this.#end(lease, LINK_BROKE);
    this.#ofSession.delete(session);
    this.#sessions.delete(session);
  }

  onAssigned(at: number, session: SessionId, message: AssignMessage): void {
    const volunteer = this.#sessions.get(session);
    const book = this.jobs.get(message.jobId);
    if (!volunteer || !book) return;
    const { lease, from, to } = message;
    const open = new Set<number>();
    const booked: BookedLease = {
      lease,
      session,
      volunteer,
      book,
      from,
      to,
      expiresAt: at + message.expiresInMs,
      proof: message.proof,
      open,
      displaced: [],
      ended: undefined,
    };
    for (let index = from; index < to; index++) this.#cover(booked, index);
    this.#leases.set(lease, booked);
    this.#ofSession.get(session)?.add(booked);
  }

  onRevoked(_at: number, session: SessionId, leases: readonly LeaseId[]): void {
    for (const id of leases) {
      const lease = this.#own(id, session);
      if (!lease) continue;
      for (const { from, index } of lease.displaced.splice(0))
        if (!from.ended) this.#open(from, index);
      this.#end(lease, 'it was revoked');
    }
  }

  onRecord(record: JobRecord): void {
    const book = this.jobs.get(record.jobId);
    if (!book) return;
    if (record.type === 'task-failed') book.decided[record.index] = 1;
    if (record.type === 'tasks-final') book.decided.fill(1, record.column.from, record.column.to);
    if (record.type !== 'vote-received') return;
    for (let index = record.column.from; index < record.column.to; index++) {
      note(book.voted, index, record.volunteer);
    }
  }

  /** What was delivered and not recorded never was; and nobody knows any more which leases were over. */
  onCrashed(): void {
    for (const book of this.jobs.values()) {
      book.erred.clear();
      for (const [index, ballots] of book.ballots) {
        if (book.decided[index] === 1) continue;
        const voters = book.voted.get(index);
        const kept = ballots.filter(({ volunteer }) => voters?.has(volunteer));
        book.ballots.set(index, kept);
      }
    }
    for (const lease of this.#leases.values()) lease.ended = LINK_BROKE;
  }

  onDelivered(at: number, session: SessionId, message: WorkMessage): void {
    for (const lease of this.leasesOf(session)) lease.displaced.length = 0;
    this.#expire(session, at);
    if (message.type === 'resume') for (const claim of message.leases) this.#resume(session, claim);
    if (message.type === 'results') this.#onResults(session, message);
    if (message.type === 'task-failed') this.#onFailed(session, message.lease, message.index);
    if (message.type === 'leases-returned') {
      for (const id of message.leases) {
        const lease = this.#own(id, session);
        if (lease) this.#end(lease, 'it was given back');
      }
    }
    if (message.type === 'job-refused') {
      for (const lease of [...this.leasesOf(session)]) {
        if (lease.book.job.jobId === message.jobId) this.#end(lease, 'its job was refused');
      }
    }
  }

  leasesOf(session: SessionId): ReadonlySet<BookedLease> {
    return this.#ofSession.get(session) ?? new Set();
  }

  volunteerOf(session: SessionId): VolunteerId | undefined {
    return this.#sessions.get(session);
  }

  /** A lease is its holder's on any link, once the link before is gone, for the tasks it may still bring. */
  #resume(session: SessionId, claim: ResumeMessage['leases'][number]): void {
    const lease = this.#leases.get(claim.lease);
    const volunteer = this.#sessions.get(session);
    if (!lease || lease.volunteer !== volunteer || lease.ended !== LINK_BROKE) return;
    if (!isSame(lease, claim)) return;
    lease.session = session;
    lease.ended = undefined;
    // It runs out anew; whoever lets it do so is told.
    lease.expiresAt = Number.POSITIVE_INFINITY;
    lease.displaced = [];
    for (let index = Math.max(claim.from, claim.next); index < claim.to; index++) {
      if (this.#mayStillBring(lease, index)) this.#takeOver(lease, index);
    }
    this.#ofSession.get(session)?.add(lease);
  }

  #mayStillBring({ book, volunteer }: BookedLease, index: number): boolean {
    if (book.decided[index] === 1 || book.erred.get(index)?.has(volunteer)) return false;
    const ballots = book.ballots.get(index) ?? [];
    return !ballots.some((ballot) => ballot.volunteer === volunteer && !ballot.flaw);
  }

  #takeOver(lease: BookedLease, index: number): void {
    for (const other of this.leasesOf(lease.session)) {
      if (other.book !== lease.book || !other.open.has(index)) continue;
      this.#uncover(other, index);
      lease.displaced.push({ from: other, index });
    }
    this.#open(lease, index);
  }

  #open(lease: BookedLease, index: number): void {
    if (lease.open.has(index)) return;
    lease.book.live[index] = (lease.book.live[index] ?? 0) + 1;
    lease.open.add(index);
  }

  #cover(lease: BookedLease, index: number): void {
    const { book } = lease;
    const ballots = book.ballots.get(index)?.filter((ballot) => !ballot.flaw) ?? [];
    const isContested = ballots.some((ballot) => ballot.value !== ballots[0]?.value);
    const wanted = book.job.plan.quorum.targetResults;
    const underWay = (book.live[index] ?? 0) + new Set(ballots.map((b) => b.volunteer)).size;
    if (!isContested && underWay >= wanted) book.spare++;
    book.assigned++;
    this.#noteDouble(lease, index, ballots);
    book.copies[index] = (book.copies[index] ?? 0) + 1;
    this.#open(lease, index);
  }

  #noteDouble(lease: BookedLease, index: number, ballots: readonly Ballot[]): void {
    const task = `task ${index} of job ${lease.book.job.number}`;
    if (ballots.some((ballot) => ballot.volunteer === lease.volunteer)) {
      this.doubles.push(`${lease.volunteer} got ${task} after it had voted on it`);
    }
    for (const other of this.leasesOf(lease.session)) {
      if (other.book === lease.book && other.open.has(index)) {
        this.doubles.push(`${lease.volunteer} holds two copies of ${task}`);
      }
    }
  }

  #onResults(session: SessionId, message: Extract<WorkMessage, { type: 'results' }>): void {
    const lease = this.#leases.get(message.lease);
    const volunteer = this.#sessions.get(session);
    const values = valuesOf(message.values);
    if (!lease || !volunteer || !values) return;
    values.forEach((value, i) => {
      const index = message.from + i;
      const flaw = this.#flawOf(lease, session, index);
      const ballots = lease.book.ballots.get(index) ?? [];
      lease.book.ballots.set(index, ballots);
      ballots.push({ volunteer, value, flaw });
      if (!flaw) this.#uncover(lease, index);
    });
  }

  #flawOf(lease: BookedLease, session: SessionId, index: number): string | undefined {
    if (lease.session !== session) return 'the lease is of somebody else';
    if (lease.ended) return lease.ended;
    if (index < lease.from || index >= lease.to) return 'the task is not of the lease';
    return lease.open.has(index) ? undefined : 'it was reported before';
  }

  #onFailed(session: SessionId, id: LeaseId, index: number): void {
    const lease = this.#own(id, session);
    if (!lease?.open.has(index)) return;
    this.#uncover(lease, index);
    note(lease.book.erred, index, lease.volunteer);
  }

  #own(id: LeaseId, session: SessionId): BookedLease | undefined {
    const lease = this.#leases.get(id);
    return lease?.session === session ? lease : undefined;
  }

  #expire(session: SessionId, at: number): void {
    for (const lease of [...this.leasesOf(session)]) {
      if (lease.expiresAt + LATE_MS_MAX < at) this.#end(lease, 'it had expired');
    }
  }

  #end(lease: BookedLease, why: string): void {
    if (lease.ended) return;
    for (const index of [...lease.open]) this.#uncover(lease, index);
    lease.ended = why;
    this.#ofSession.get(lease.session)?.delete(lease);
  }

  #uncover(lease: BookedLease, index: number): void {
    if (!lease.open.delete(index)) return;
    lease.book.live[index] = (lease.book.live[index] ?? 1) - 1;
  }
}

function note(notes: Map<number, Set<VolunteerId>>, index: number, volunteer: VolunteerId): void {
  const known = notes.get(index);
  if (known) known.add(volunteer);
  else notes.set(index, new Set([volunteer]));
}

function isSame(lease: BookedLease, claim: ResumeMessage['leases'][number]): boolean {
  const isRange = lease.from === claim.from && lease.to === claim.to;
  const isJob = lease.book.job.jobId === claim.jobId;
  return isRange && isJob && sameBytes(lease.proof, claim.proof);
}
