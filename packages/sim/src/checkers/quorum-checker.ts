import type { JobRecord } from '@manytabs/kernel';
import { type Facts, violated } from '../facts.ts';
import type { WorldOptions } from '../options.ts';
import { valuesOf } from '../workload.ts';
import type { LeaseBook } from './lease-book.ts';

type Final = Extract<JobRecord, { type: 'tasks-final' }>;

/** A final result has the votes of `minQuorum` identities, and is right where liars do not conspire. */
export class QuorumChecker implements Facts {
  readonly #book: LeaseBook;
  readonly #mayBeWrong: (minQuorum: number) => boolean;

  constructor(book: LeaseBook, options: WorldOptions) {
    const liars = (options.tabs.liar ?? 0) + (options.tabs.colluder ?? 0);
    const conspirators = options.tabs.colluder ?? 0;
    // Reborn under a new name, one colluder makes a quorum of its own.
    const mayMultiply = conspirators > 0 && options.newIdentityShare > 0;
    this.#book = book;
    this.#mayBeWrong = (minQuorum) =>
      minQuorum === 1 ? liars > 0 : mayMultiply || conspirators >= minQuorum;
  }

  onRecord(record: JobRecord): void {
    if (record.type === 'tasks-final') this.#check(record);
  }

  #check({ jobId, column, voters }: Final): void {
    const book = this.#book.jobs.get(jobId);
    if (!book) return violated('VA', `job ${jobId} is final and was never submitted`);
    const { job } = book;
    const { minQuorum } = job.plan.quorum;
    const distinct = new Set(voters).size;
    if (distinct !== voters.length) violated('VA', `an identity voted twice: ${voters.join(' ')}`);
    if (distinct < minQuorum) violated('VA', `${distinct} votes of ${minQuorum} made a result`);
    for (let index = column.from; index < column.to; index++) {
      const value = valuesOf(column.value(index))?.[0];
      if (job.throws(index))
        violated('VA', `task ${index} of job ${job.number} throws, yet is final`);
      if (value === job.honestValue(index) || this.#mayBeWrong(minQuorum)) continue;
      violated('VA', `task ${index} of job ${job.number} is final with a wrong value`);
    }
  }
}
