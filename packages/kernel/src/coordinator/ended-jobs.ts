import {
  type Belief,
  type Disagreement,
  type JobId,
  type JobSpec,
  type JobView,
  type LogRow,
  must,
  type ShardId,
  type StoryRow,
} from '@manytabs/protocol';
import { windowOf } from './job.ts';
import type { JobNotes } from './job-notes.ts';

export interface EndedJob {
  readonly view: JobView;
  readonly spec: JobSpec;
  readonly notes: JobNotes | undefined;
  /** Of its results. */
  readonly rowBytes: number;
  /** Its program and inputs, where some of its tasks failed and may be retried. */
  readonly shards: readonly ShardId[];
}

export interface EndedLimits {
  readonly jobsMax: number;
  readonly bytesMax: number;
}

function endOf({ endedAt = 0 }: JobView): number {
  return endedAt;
}

/** Stories and logs are kept of so many of the newest. */
const NOTES_KEPT_MAX = 32;

/** What is left of jobs that ended: the newest, as people may still ask about them. */
export class EndedJobs {
  readonly #jobs = new Map<JobId, EndedJob>();
  readonly #noted: JobId[] = [];
  readonly #limits: EndedLimits;
  #bytes = 0;

  constructor(limits: EndedLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#jobs.size;
  }

  get(id: JobId): EndedJob | undefined {
    return this.#jobs.get(id);
  }

  has(id: JobId): boolean {
    return this.#jobs.has(id);
  }

  ids(): Iterable<JobId> {
    return this.#jobs.keys();
  }

  /** In the order of their ends, which is not that of their return from a journal. */
  views(): JobView[] {
    return [...this.#jobs.values()].map((job) => job.view).sort((a, b) => endOf(a) - endOf(b));
  }

  *shards(): Generator<ShardId> {
    for (const { shards } of this.#jobs.values()) yield* shards;
  }

  /** @returns the jobs that ended first, which had to go */
  add(job: EndedJob): JobId[] {
    this.#jobs.set(job.view.jobId, job);
    this.#bytes += job.rowBytes;
    this.#noted.push(job.view.jobId);
    if (this.#noted.length > NOTES_KEPT_MAX) this.#dropNotes(this.#noted.shift());
    const gone: JobId[] = [];
    // The newest stays, however large it is.
    while (this.#isOver && this.#jobs.size > 1) gone.push(this.#dropOldest());
    return gone;
  }

  get #isOver(): boolean {
    return this.#jobs.size > this.#limits.jobsMax || this.#bytes > this.#limits.bytesMax;
  }

  #dropOldest(): JobId {
    let oldest: EndedJob | undefined;
    for (const job of this.#jobs.values()) {
      if (!oldest || endOf(job.view) < endOf(oldest.view)) oldest = job;
    }
    const { view, rowBytes } = must(oldest, 'there is an oldest job');
    this.#jobs.delete(view.jobId);
    this.#bytes -= rowBytes;
    return view.jobId;
  }

  disagreements(id: JobId): readonly Disagreement[] {
    return this.#jobs.get(id)?.notes?.disagreements.toArray() ?? [];
  }

  logs(id: JobId): readonly LogRow[] {
    return this.#jobs.get(id)?.notes?.logs.toArray() ?? [];
  }

  story(id: JobId, index: number): readonly StoryRow[] {
    return this.#jobs.get(id)?.notes?.story.of(index) ?? [];
  }

  *notes(): Generator<[JobId, JobNotes]> {
    for (const [id, { notes }] of this.#jobs) if (notes) yield [id, notes];
  }

  /** Of a job that has ended nothing is under way any more. */
  belief(id: JobId, index: number): Belief | undefined {
    const job = this.#jobs.get(id);
    if (!job) return undefined;
    const [first, end] = windowOf(job.spec, job.view.tasks.total);
    if (index < first || index >= end) return undefined;
    const decided = job.notes?.verdicts.find(index);
    return {
      index,
      tier: job.spec.tier ?? 'none',
      state: decided ? 'final' : 'ended',
      confidence: decided?.confidence,
      voters: decided?.voters ?? [],
      groups: [],
      isAudited: false,
      disagreements: this.disagreements(id).filter((row) => row.index === index),
      story: this.story(id, index),
      waitsFor: undefined,
    };
  }

  #dropNotes(id: JobId | undefined): void {
    const job = id === undefined ? undefined : this.#jobs.get(id);
    if (job) this.#jobs.set(job.view.jobId, { ...job, notes: undefined });
  }
}
