import type { JobId, Part } from '@manytabs/protocol';
import { decodeEvent, decodeRow, isRun, jobOfEvents, jobOfRows } from 'manytabs/host';
import { violated } from '../facts.ts';
import { type PlannedJob, valuesOf } from '../workload.ts';
import type { StoreWatch } from './shared-store.ts';

/** A job, or a part of one. */
interface Known {
  readonly job: PlannedJob;
  readonly part: Part | undefined;
  readonly decided: Set<number>;
  /** The lives that took the job, each in its turn; the last one writes. */
  readonly lives: number[];
}

/**
 * What the store must see, whoever writes: each task decided once, with the value that it has; and nothing written by a
 * server from which another has taken over.
 */
export class GroupChecker implements StoreWatch {
  readonly #planned: ReadonlyMap<JobId, PlannedJob>;
  /** What was submitted, under the ids that it has in the store. */
  readonly #jobs = new Map<JobId, Known>();

  constructor(jobs: readonly PlannedJob[]) {
    this.#planned = new Map(jobs.map((job) => [job.jobId, job]));
  }

  /** What is computed under an id; of a part, the job that it is of. */
  planOf(jobId: JobId): PlannedJob | undefined {
    return this.#jobs.get(jobId)?.job;
  }

  /** The ids under which the tasks of a job are kept. */
  partsOf(jobId: JobId): readonly JobId[] {
    return this.#jobs.get(jobId)?.part?.jobs ?? [jobId];
  }

  /** Who reads the events of a job from their beginning takes it over, or folds its own. */
  onRead(life: number, partition: string): void {
    const known = this.#of(jobOfEvents(partition));
    if (!known || known.lives.includes(life)) return;
    known.lives.push(life);
  }

  onWritten(life: number, partition: string, records: readonly Uint8Array[]): void {
    this.#onSubmitted(jobOfEvents(partition), records);
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
    for (const { jobId, number, plan } of this.#planned.values()) {
      const parts = this.partsOf(jobId).map((id) => this.#jobs.get(id)?.decided ?? []);
      const decided = new Set(parts.flatMap((part) => [...part]));
      if (decided.size === plan.tasks) continue;
      violated('SV2', `job ${number} has ${decided.size} of ${plan.tasks} tasks decided`);
    }
  }

  #onSubmitted(jobId: JobId | undefined, [first]: readonly Uint8Array[]): void {
    const event = first && decodeEvent(first);
    if (!jobId || event?.type !== 'job-submitted' || this.#jobs.has(jobId)) return;
    const { part } = event.spec;
    const job = this.#planned.get(part?.jobs[0] ?? jobId);
    if (job) this.#jobs.set(jobId, { job, part, decided: new Set(), lives: [] });
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
    const { job, part, decided } = known;
    if (decided.has(index)) {
      violated('CO60', `task ${index} of job ${job.number} was decided twice`);
    }
    const [first, end] = part ? part.bounds.slice(part.at) : [0, job.plan.tasks];
    if (index < (first ?? 0) || index >= (end ?? 0)) {
      violated('CO241', `task ${index} of job ${job.number} was decided by part ${part?.at}`);
    }
    decided.add(index);
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
