import type { LeaseId, VolunteerMessage } from '@manytabs/protocol';
import type { LocalLease } from './lease-queue.ts';
import { VOLUNTEER_LIMITS } from './volunteer-limits.ts';

export type Report = Extract<VolunteerMessage, { type: 'results' | 'task-failed' }>;

const REPORT_BYTES = 256;

/** A report with its lease, which may be over here, and the end of the tasks it is about. */
export interface KeptReport {
  readonly report: Report;
  readonly lease: LocalLease;
  readonly to: number;
}

/** Results that could not be handed in, oldest first, within bounds. */
export class Outbox {
  #kept: KeptReport[] = [];
  #bytes = 0;
  /** Reports that had to go to make room. */
  lost = 0;

  get size(): number {
    return this.#kept.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(kept: KeptReport): void {
    this.#kept.push(kept);
    this.#bytes += sizeOf(kept.report);
    while (this.#isOver()) this.#loseOldest();
  }

  /** The leases that there are reports under. */
  leases(): Set<LocalLease> {
    return new Set(this.#kept.map(({ lease }) => lease));
  }

  takeAll(): KeptReport[] {
    const kept = this.#kept;
    this.clear();
    return kept;
  }

  /** Nothing more is sent under a revoked lease. */
  dropLease(id: LeaseId): void {
    if (this.#kept.length === 0) return;
    const others = this.#kept.filter(({ lease }) => lease.lease !== id);
    if (others.length === this.#kept.length) return;
    this.clear();
    for (const kept of others) this.add(kept);
  }

  clear(): void {
    this.#kept = [];
    this.#bytes = 0;
  }

  /** Runs go from front to back, so what is lost is the front of what was to be said under the lease. */
  #loseOldest(): void {
    const oldest = this.#kept.shift();
    if (!oldest) return;
    this.#bytes -= sizeOf(oldest.report);
    oldest.lease.saidTo = Math.max(oldest.lease.saidTo, oldest.to);
    this.lost++;
  }

  #isOver(): boolean {
    return (
      this.#kept.length > VOLUNTEER_LIMITS.OUTBOX_MESSAGES_MAX ||
      this.#bytes > VOLUNTEER_LIMITS.OUTBOX_BYTES_MAX
    );
  }
}

function sizeOf(report: Report): number {
  return REPORT_BYTES + (report.type === 'results' ? report.values.length : 0);
}
