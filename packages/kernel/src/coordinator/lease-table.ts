import { assert, type LeaseId, leaseId } from '@manytabs/protocol';
import type { Job } from './job.ts';
import { type Departure, LeaseMemory } from './lease-memory.ts';
import type { Question } from './questions.ts';
import type { Volunteer } from './volunteer-table.ts';

/** The right of one volunteer to run the tasks `[from, to)` of a job until it expires. */
export interface Lease {
  readonly id: LeaseId;
  readonly job: Job;
  readonly volunteer: Volunteer;
  readonly from: number;
  readonly to: number;
  readonly assignedAt: number;
  readonly expiresAt: number;
  /** Estimate, or undefined for a first try. */
  readonly msPerTask: number | undefined;
  /** From the assignment to the last result, with the queue ahead of it. */
  readonly expectedMs: number | undefined;
  readonly isSpeculative: boolean;
  /** Its holder checks results and computes none. */
  readonly questions: readonly Question[] | undefined;
  /** If its link breaks, it may be taken up again until then. */
  readonly returnBy: number;
  /** Of another epoch: when it was assigned is not known. */
  readonly isInherited: boolean;
  /** Of the assignment, or the last report. */
  sinceAt: number;
  /** Tasks that it has not reported and nobody else decided. */
  remaining: number;
  isLive: boolean;
}

const LEASES_PER_EPOCH = 2 ** 32;

/** The epoch that gave the lease. */
export function epochOfLease(id: LeaseId): number {
  return Math.floor(id / LEASES_PER_EPOCH);
}

/** Live leases by their fencing token, which grows over epochs too. */
export class LeaseTable {
  /** By number within the epoch: a small integer is a much cheaper key. */
  readonly #live = new Map<number, Lease>();
  readonly #base: number;
  readonly #memory = new LeaseMemory();
  #count = 0;

  constructor(epoch: number) {
    assert(Number.isInteger(epoch) && epoch >= 0 && epoch < 2 ** 20, 'an epoch is a small count');
    this.#base = epoch * LEASES_PER_EPOCH;
  }

  get size(): number {
    return this.#live.size;
  }

  all(): Iterable<Lease> {
    return this.#live.values();
  }

  grant(lease: Omit<Lease, 'id' | 'isInherited' | 'sinceAt' | 'remaining' | 'isLive'>): Lease {
    assert(this.#count < LEASES_PER_EPOCH - 1, 'an epoch does not run out of leases');
    const count = ++this.#count;
    const id = leaseId(this.#base + count);
    const granted: Lease = {
      id,
      job: lease.job,
      volunteer: lease.volunteer,
      from: lease.from,
      to: lease.to,
      assignedAt: lease.assignedAt,
      expiresAt: lease.expiresAt,
      msPerTask: lease.msPerTask,
      expectedMs: lease.expectedMs,
      isSpeculative: lease.isSpeculative,
      questions: lease.questions,
      returnBy: lease.returnBy,
      isInherited: false,
      sinceAt: lease.assignedAt,
      remaining: lease.to - lease.from,
      isLive: true,
    };
    this.#live.set(count, granted);
    return granted;
  }

  /** A live lease of this link; nobody else's token opens it. */
  find(id: LeaseId, volunteer: Volunteer): Lease | undefined {
    const lease = this.#live.get(id - this.#base);
    return lease?.volunteer === volunteer ? lease : undefined;
  }

  /** What is to be known of a lease before it is taken up again; undefined where it must not be. */
  recall(id: LeaseId, now: number): Departure | undefined {
    if (this.#live.has(id - this.#base)) return undefined;
    const departure = this.#memory.take(id);
    if (departure) return departure.returnBy >= now ? departure : undefined;
    if (!this.isInherited(id) || this.#memory.isSpent(id)) return undefined;
    return { assignedAt: now, returnBy: Number.POSITIVE_INFINITY, isBegun: false };
  }

  /** Of another epoch: an earlier life of this coordinator, or one whose jobs it took over. */
  isInherited(id: LeaseId): boolean {
    return id <= this.#base || id > this.#base + LEASES_PER_EPOCH;
  }

  /** A lease that was recalled is live again. */
  adopt(lease: Lease): void {
    assert(!this.#live.has(lease.id - this.#base), 'a lease is live once');
    this.#live.set(lease.id - this.#base, lease);
  }

  /** Its link broke: it may be taken up again. */
  depart(lease: Lease, isBegun: boolean): void {
    this.#memory.depart(lease, isBegun);
  }

  end(lease: Lease): void {
    assert(lease.isLive, 'a lease ends once');
    lease.isLive = false;
    this.#live.delete(lease.id - this.#base);
    if (lease.isInherited) this.#memory.spend(lease.id);
  }
}
