import type { JobRecord } from '@manytabs/kernel';
import { hasEnded, type JobId } from '@manytabs/protocol';
import { type Facts, violated } from '../facts.ts';
import type { WorldOptions } from '../options.ts';
import type { PlannedJob } from '../workload.ts';
import type { LeaseBook } from './lease-book.ts';

type Failure = Extract<JobRecord, { type: 'task-failed' }>;

interface Tally {
  readonly job: PlannedJob;
  readonly decided: Uint8Array;
  count: number;
  isEnded: boolean;
}

/** Every task ends exactly once, final or failed, and fails only for a reason. */
export class ConservationChecker implements Facts {
  readonly #book: LeaseBook;
  readonly #jobs = new Map<JobId, Tally>();
  readonly #hasTrouble: boolean;

  constructor(book: LeaseBook, options: WorldOptions) {
    this.#book = book;
    const { liar = 0, colluder = 0, flaky = 0 } = options.tabs;
    this.#hasTrouble = liar + colluder + flaky > 0;
  }

  onSubmitted(_at: number, job: PlannedJob): void {
    const decided = new Uint8Array(job.plan.tasks);
    this.#jobs.set(job.jobId, { job, decided, count: 0, isEnded: false });
  }

  onRecord(record: JobRecord): void {
    const tally = this.#jobs.get(record.jobId);
    if (!tally) return violated('CO', `a record of unknown job ${record.jobId}`);
    if (record.type === 'tasks-final') {
      const { from, to } = record.column;
      for (let index = from; index < to; index++) this.#decide(tally, index);
    } else if (record.type === 'task-failed') {
      this.#decide(tally, record.index);
      this.#checkReason(tally.job, record);
    } else if (record.type === 'job-state' && hasEnded(record.state)) {
      this.#checkEnd(tally, record.state === 'cancelled');
    }
  }

  #decide(tally: Tally, index: number): void {
    const { job, decided } = tally;
    const task = `task ${index} of job ${job.number}`;
    if (index >= job.plan.tasks) violated('CO', `${task} does not exist`);
    if (tally.isEnded) violated('CO', `${task} was decided after its job had ended`);
    if (decided[index] === 1) violated('CO', `${task} was decided twice`);
    decided[index] = 1;
    tally.count++;
  }

  #checkEnd(tally: Tally, isCancelled: boolean): void {
    const { job, count } = tally;
    if (tally.isEnded) violated('CO', `job ${job.number} ended twice`);
    tally.isEnded = true;
    if (isCancelled || count === job.plan.tasks) return;
    violated('CO', `job ${job.number} ended with ${count} of ${job.plan.tasks} tasks decided`);
  }

  #checkReason(job: PlannedJob, { index, code, message }: Failure): void {
    if (job.throws(index) || this.#hasTrouble) return;
    const copies = this.#book.jobs.get(job.jobId)?.copies[index] ?? 0;
    if (copies >= job.plan.quorum.maxTotalResults) return;
    violated('CO', `task ${index} of job ${job.number} failed for no reason: ${code} ${message}`);
  }
}
