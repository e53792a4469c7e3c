import { violated } from '../facts.ts';
import type { WorldOptions } from '../options.ts';
import type { LeaseBook } from './lease-book.ts';

const SPARE_SHARE_MAX = 0.1;

/** Tasks handed out though enough copies were on their way are at most a tenth. */
export class SpeculationChecker {
  readonly #book: LeaseBook;
  readonly #isJudged: boolean;

  #lives = 1;

  constructor(book: LeaseBook, options: WorldOptions) {
    this.#book = book;
    const { liar = 0, colluder = 0 } = options.tabs;
    // Votes of a liar that was found out are void for the coordinator and not for this checker.
    this.#isJudged = liar + colluder === 0;
  }

  /** A coordinator knows what its own life handed out; each life rounds its share up. */
  onRestarted(): void {
    this.#lives++;
  }

  judge(): void {
    if (!this.#isJudged) return;
    for (const { job, assigned, spare } of this.#book.jobs.values()) {
      const allowed = Math.ceil((assigned - spare) * SPARE_SHARE_MAX) + this.#lives - 1;
      if (spare <= allowed) continue;
      violated('SC', `${spare} of ${assigned} tasks of job ${job.number} were handed out to spare`);
    }
  }
}
