import { type AssignMessage, assert, type JobId, type LeaseId } from '@manytabs/protocol';

export type LeaseState = 'waiting' | 'running';

/** A bundle of tasks this volunteer may run. Waiting becomes running; both end by leaving the queue. */
export interface LocalLease {
  readonly lease: LeaseId;
  readonly jobId: JobId;
  readonly assign: AssignMessage;
  readonly expiresAt: number;
  /** Its chunk is not here yet. */
  chunkMissing: boolean;
  /** Tasks before it were reported on a link, which may have lost it, or had to be given up. */
  saidTo: number;
  state: LeaseState;
}

/** Leases in the order they arrived. */
export class LeaseQueue {
  readonly #waiting = new Map<LeaseId, LocalLease>();
  readonly #running = new Map<LeaseId, LocalLease>();

  get size(): number {
    return this.#waiting.size + this.#running.size;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  get(lease: LeaseId): LocalLease | undefined {
    return this.#running.get(lease) ?? this.#waiting.get(lease);
  }

  running(lease: LeaseId): LocalLease | undefined {
    return this.#running.get(lease);
  }

  add(lease: LocalLease): void {
    assert(!this.get(lease.lease), 'a lease is queued once');
    this.#waiting.set(lease.lease, lease);
  }

  start(lease: LocalLease): void {
    assert(this.#waiting.delete(lease.lease), 'a waiting lease starts');
    lease.state = 'running';
    this.#running.set(lease.lease, lease);
  }

  delete(lease: LeaseId): void {
    if (!this.#running.delete(lease)) this.#waiting.delete(lease);
  }

  /**
   * Of those that `mayStart` the one of the job that had least of the workers, and of equals the first to arrive; but
   * whatever waited for half of its term goes before.
   */
  nextWaiting(
    at: number,
    jobs: { busyMs(jobId: JobId): number },
    mayStart: (lease: LocalLease) => boolean,
  ): LocalLease | undefined {
    let next: LocalLease | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const lease of this.#waiting.values()) {
      if (!mayStart(lease)) continue;
      if (isOld(lease, at)) return lease;
      const busyMs = jobs.busyMs(lease.jobId);
      if (busyMs >= least) continue;
      next = lease;
      least = busyMs;
    }
    return next;
  }

  waiting(): LocalLease[] {
    return [...this.#waiting.values()];
  }

  ofJob(jobId: JobId): LocalLease[] {
    return this.all().filter((lease) => lease.jobId === jobId);
  }

  all(): LocalLease[] {
    return [...this.#running.values(), ...this.#waiting.values()];
  }
}

function isOld({ expiresAt, assign }: LocalLease, at: number): boolean {
  return at >= expiresAt - assign.expiresInMs / 2;
}
