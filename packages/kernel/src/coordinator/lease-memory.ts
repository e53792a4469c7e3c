import type { LeaseId } from '@manytabs/protocol';
import type { Lease } from './lease-table.ts';

/** What is remembered of a lease whose link broke. */
export interface Departure {
  readonly assignedAt: number;
  readonly returnBy: number;
  /** It counts as one of the copies that came to nothing, until it is taken up again. */
  readonly isBegun: boolean;
}

const REMEMBERED_MAX = 65_536;

/** Which leases that are not live may be taken up again: not those that ran out, or were given back or revoked. */
export class LeaseMemory {
  readonly #departed = new Map<LeaseId, Departure>();
  /** Leases of earlier epochs that ended in this one; of those that were given in this one all others have ended. */
  readonly #spent = new Set<LeaseId>();

  depart(lease: Lease, isBegun: boolean): void {
    const { id, assignedAt, returnBy } = lease;
    this.#departed.set(id, { assignedAt, returnBy, isBegun });
    forgetOldest(this.#departed);
  }

  spend(id: LeaseId): void {
    this.#spent.add(id);
    forgetOldest(this.#spent);
  }

  isSpent(id: LeaseId): boolean {
    return this.#spent.has(id);
  }

  /** What is remembered, once. */
  take(id: LeaseId): Departure | undefined {
    const departure = this.#departed.get(id);
    this.#departed.delete(id);
    return departure;
  }
}

function forgetOldest(memory: {
  readonly size: number;
  keys(): Iterable<LeaseId>;
  delete(id: LeaseId): boolean;
}): void {
  if (memory.size <= REMEMBERED_MAX) return;
  for (const oldest of memory.keys()) return void memory.delete(oldest);
}
