import type { AttemptRow, AttemptsPage } from '@manytabs/protocol';
import { AttemptLanes } from 'manytabs/report';

export interface AttemptsSnapshot {
  readonly lanes: AttemptLanes;
  /** The newest, in the order of their ends. */
  readonly rows: readonly AttemptRow[];
  readonly underWay: readonly AttemptRow[];
  /** False where older ones are kept no longer, here or on the grid. */
  readonly isWhole: boolean;
}

export const ATTEMPTS_SHOWN_MAX = 100_000;

/** The attempts of a job, read on from where the last look ended. */
export class AttemptsFeed {
  readonly #read: (place: number) => Promise<AttemptsPage>;
  readonly #max: number;
  #place = 0;
  #rows: AttemptRow[] = [];
  #lanes = new AttemptLanes();
  #isWhole = true;

  constructor(read: (place: number) => Promise<AttemptsPage>, max = ATTEMPTS_SHOWN_MAX) {
    this.#read = read;
    this.#max = max;
  }

  async next(): Promise<AttemptsSnapshot> {
    for (;;) {
      const page = await this.#read(this.#place);
      this.#place = page.next;
      this.#isWhole &&= page.isWhole;
      for (const row of page.rows) this.#take(row);
      if (!page.isLast) continue;
      const { underWay = [] } = page;
      return { lanes: this.#lanes, rows: this.#rows, underWay, isWhole: this.#isWhole };
    }
  }

  #take(row: AttemptRow): void {
    this.#rows.push(row);
    this.#lanes.add(row);
    // A fifth at a time, as the lanes are made anew.
    if (this.#rows.length > 1.2 * this.#max) this.#dropOldest();
  }

  #dropOldest(): void {
    this.#isWhole = false;
    this.#rows = this.#rows.slice(-this.#max);
    this.#lanes = new AttemptLanes();
    for (const row of this.#rows) this.#lanes.add(row);
  }
}
