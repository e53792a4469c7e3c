import type { LeaseId, VolunteerMessage } from '@manytabs/protocol';
import { VOLUNTEER_LIMITS } from './volunteer-limits.ts';

export type Report = Extract<VolunteerMessage, { type: 'results' | 'task-failed' }>;

const REPORT_BYTES = 256;

/** Results that could not be handed in, oldest first, within bounds. */
export class Outbox {
  #reports: Report[] = [];
  #bytes = 0;
  /** Reports that had to go to make room. */
  lost = 0;

  get size(): number {
    return this.#reports.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(report: Report): void {
    this.#reports.push(report);
    this.#bytes += sizeOf(report);
    while (this.#isOver()) {
      const oldest = this.#reports.shift();
      this.#bytes -= oldest ? sizeOf(oldest) : 0;
      this.lost++;
    }
  }

  takeAll(): Report[] {
    const reports = this.#reports;
    this.clear();
    return reports;
  }

  /** Nothing more is sent under a revoked lease. */
  dropLease(lease: LeaseId): void {
    if (this.#reports.length === 0) return;
    const kept = this.#reports.filter((report) => report.lease !== lease);
    if (kept.length === this.#reports.length) return;
    this.clear();
    for (const report of kept) this.add(report);
  }

  clear(): void {
    this.#reports = [];
    this.#bytes = 0;
  }

  #isOver(): boolean {
    return (
      this.#reports.length > VOLUNTEER_LIMITS.OUTBOX_MESSAGES_MAX ||
      this.#bytes > VOLUNTEER_LIMITS.OUTBOX_BYTES_MAX
    );
  }
}

function sizeOf(report: Report): number {
  return REPORT_BYTES + (report.type === 'results' ? report.values.length : 0);
}
