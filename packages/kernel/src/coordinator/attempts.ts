import {
  type AttemptOutcome,
  type AttemptRow,
  type AttemptsPage,
  type JobId,
  LIMITS,
  type VolunteerId,
} from '@manytabs/protocol';
import type { Lease } from './lease-table.ts';

const OUTCOMES: readonly AttemptOutcome[] = ['reported', 'failed', 'lost', 'unneeded', 'running'];
const NUMBERS = 6;
const ROWS_MIN = 64;
const PER_EPOCH = 2 ** 32;

/** What came of tasks of a lease, and when that was begun. */
interface Ending {
  readonly from: number;
  readonly to: number;
  readonly outcome: AttemptOutcome;
  readonly at: number;
  readonly busyMs?: number | undefined;
}

/**
 * The newest attempts of all jobs together, so that what is kept is bounded however many jobs there are; those of one
 * job are found by going over them. Written in place, as the story is.
 */
export class Attempts {
  readonly #max: number;
  readonly #base: number;
  #numbers = new Float64Array(ROWS_MIN * NUMBERS);
  readonly #jobs: JobId[] = [];
  readonly #volunteers: VolunteerId[] = [];
  #count = 0;

  constructor(epoch: number, max: number = LIMITS.ATTEMPTS_MAX) {
    this.#base = epoch * PER_EPOCH;
    this.#max = max;
  }

  add(lease: Lease, ending: Ending): void {
    const row = this.#count++ % this.#max;
    if ((row + 1) * NUMBERS > this.#numbers.length) this.#grow();
    const { from, to, outcome, at, busyMs = 0 } = ending;
    const startedAt = Math.max(lease.sinceAt, at - busyMs);
    const kind = OUTCOMES.indexOf(outcome) * 2 + (lease.isSpeculative ? 1 : 0);
    this.#numbers.set([from, to, lease.sinceAt, startedAt, at, kind], row * NUMBERS);
    this.#jobs[row] = lease.job.id;
    this.#volunteers[row] = lease.volunteer.identity.id;
  }

  /** Those of one job that come after the place `after`, oldest first, as many as one answer holds. */
  page(jobId: JobId, after: number): AttemptsPage {
    const oldest = Math.max(0, this.#count - this.#max);
    const asked = after - this.#base;
    const isOurs = asked >= 0 && asked <= this.#count;
    const from = Math.max(oldest, isOurs ? asked : 0);
    const rows: AttemptRow[] = [];
    let at = from;
    for (; at < this.#count && rows.length < LIMITS.ATTEMPTS_PER_ANSWER_MAX; at++) {
      if (this.#jobs[at % this.#max] === jobId) rows.push(this.#row(at % this.#max));
    }
    const isWhole = from === 0 || (isOurs && from === asked);
    return { rows, next: this.#base + at, isLast: at === this.#count, isWhole };
  }

  #row(row: number): AttemptRow {
    const numbers = this.#numbers.subarray(row * NUMBERS, (row + 1) * NUMBERS);
    const [from, to, givenAt, startedAt, endedAt, kind] = numbers as unknown as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return {
      volunteer: this.#volunteers[row] as VolunteerId,
      from,
      to,
      givenAt,
      startedAt,
      endedAt,
      outcome: OUTCOMES[Math.floor(kind / 2)] as AttemptOutcome,
      isSpeculative: kind % 2 === 1,
    };
  }

  #grow(): void {
    const larger = new Float64Array(this.#numbers.length * 2);
    larger.set(this.#numbers);
    this.#numbers = larger;
  }
}

/** A lease that is out, as an attempt without an end. */
export function underWay(lease: Lease): AttemptRow {
  return {
    volunteer: lease.volunteer.identity.id,
    from: lease.from,
    to: lease.to,
    givenAt: lease.sinceAt,
    startedAt: lease.sinceAt,
    endedAt: undefined,
    outcome: 'running',
    isSpeculative: lease.isSpeculative,
  };
}
