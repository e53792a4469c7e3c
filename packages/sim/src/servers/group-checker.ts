import type { JobId } from '@manytabs/protocol';
import { decodeEvent, decodeRow, isRun, jobOfEvents, jobOfRows } from 'manytabs/host';
import { violated } from '../facts.ts';
import { type PlannedJob, valuesOf } from '../workload.ts';
import type { StoreWatch } from './shared-store.ts';

interface Known {
  readonly job: PlannedJob;
  readonly decided: Uint8Array;
  count: number;
  /** The lives that took the job, each in its turn; the last one writes. */
  readonly lives: number[];
}

/**
 * What the store must see, whoever writes: each task decided once, with the value that it has; and nothing written by a
 * server from which another has taken over.
 */
export class GroupChecker implements StoreWatch {
  readonly #jobs: ReadonlyMap<JobId, Known>;

  constructor(jobs: readonly PlannedJob[]) {
    this.#jobs = new Map(
      jobs.map((job) => {
        const decided = new Uint8Array(job.plan.tasks);
        return [job.jobId, { job, decided, count: 0, lives: [] }];
      }),
    );
  }

  /** Who reads the events of a job from their beginning takes it over, or folds its own. */
  onRead(life: number, partition: string): void {
    const known = this.#of(jobOfEvents(partition));
    if (!known || known.lives.includes(life)) return;
    known.lives.push(life);
  }

  onWritten(life: number, partition: string, records: readonly Uint8Array[]): void {
    const events = this.#of(jobOfEvents(partition));
    if (events) {
      this.#checkFence(events, life);
      for (const bytes of records) this.#onEvent(events, bytes);
    }
    const rows = this.#of(jobOfRows(partition));
    if (!rows) return;
    this.#checkFence(rows, life);
    for (const bytes of records) this.#onRow(rows, bytes);
  }

  onReplaced(life: number, partition: string): void {
    const known = this.#of(jobOfEvents(partition) ?? jobOfRows(partition));
    if (known) this.#checkFence(known, life);
  }

  /** Every task of every job is decided. */
  judge(): void {
    for (const { job, count } of this.#jobs.values()) {
      if (count === job.plan.tasks) continue;
      violated('SV2', `job ${job.number} has ${count} of ${job.plan.tasks} tasks decided`);
    }
  }

  #of(jobId: JobId | undefined): Known | undefined {
    return jobId && this.#jobs.get(jobId);
  }

  #checkFence({ job, lives }: Known, life: number): void {
    if (!lives.includes(life)) lives.push(life);
    if (lives.at(-1) === life) return;
    violated('SV5', `server ${life} wrote job ${job.number} after ${lives.at(-1)} took it over`);
  }

  #onEvent(known: Known, bytes: Uint8Array): void {
    const event = decodeEvent(bytes);
    if (event.type === 'tasks-final') {
      for (let index = event.from; index < event.to; index++) this.#decide(known, index);
    } else if (event.type === 'task-failed') this.#decide(known, event.index);
  }

  #decide(known: Known, index: number): void {
    if (known.decided[index] === 1) {
      violated('CO60', `task ${index} of job ${known.job.number} was decided twice`);
    }
    known.decided[index] = 1;
    known.count += 1;
  }

  #onRow({ job }: Known, bytes: Uint8Array): void {
    const row = decodeRow(bytes);
    if (!isRun(row)) return;
    const values = valuesOf(row.values) ?? [];
    values.forEach((value, i) => {
      if (value === job.honestValue(row.from + i)) return;
      violated('CO60', `task ${row.from + i} of job ${job.number} became final with ${value}`);
    });
  }
}
