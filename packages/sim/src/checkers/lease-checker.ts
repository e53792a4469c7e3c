import type { JobRecord } from '@manytabs/kernel';
import type { Column, JobId, VolunteerId } from '@manytabs/protocol';
import { type Facts, violated } from '../facts.ts';
import { valuesOf } from '../workload.ts';
import type { LeaseBook } from './lease-book.ts';

/** Nothing counts that came under a lease which was over, somebody else's, or of other tasks. */
export class LeaseChecker implements Facts {
  readonly #book: LeaseBook;

  constructor(book: LeaseBook) {
    this.#book = book;
  }

  onRecord(record: JobRecord): void {
    if (record.type === 'vote-received')
      this.#check(record.jobId, record.column, [record.volunteer]);
    if (record.type === 'tasks-final') this.#check(record.jobId, record.column, record.voters);
    const [double] = this.#book.doubles;
    if (double) violated('SC', double);
  }

  #check(jobId: JobId, column: Column, voters: readonly VolunteerId[]): void {
    for (let index = column.from; index < column.to; index++) {
      const value = valuesOf(column.value(index))?.[0];
      for (const voter of voters) this.#checkVote({ jobId, index, value }, voter);
    }
  }

  #checkVote(
    { jobId, index, value }: { jobId: JobId; index: number; value: number | undefined },
    voter: VolunteerId,
  ): void {
    const all = this.#book.jobs.get(jobId)?.ballots.get(index) ?? [];
    const own = all.filter((ballot) => ballot.volunteer === voter && ballot.value === value);
    if (own.some((ballot) => ballot.flaw === undefined)) return;
    const why = own[0]?.flaw ?? 'nothing of the kind was ever delivered';
    violated('LE4', `a vote of ${voter} on task ${index} of ${jobId} counted, though ${why}`);
  }
}
