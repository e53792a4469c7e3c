import type {
  Belief,
  Disagreement,
  JobId,
  JobSpec,
  JobView,
  LogRow,
  StoryRow,
} from '@manytabs/protocol';
import type { JobNotes } from './job-notes.ts';

export interface EndedJob {
  readonly view: JobView;
  readonly spec: JobSpec;
  readonly notes: JobNotes | undefined;
}

/** Stories and logs are kept of so many of the newest. */
const NOTES_KEPT_MAX = 32;

/** What is left of jobs that ended: the newest, as people may still ask about them. */
export class EndedJobs {
  readonly #jobs = new Map<JobId, EndedJob>();
  readonly #noted: JobId[] = [];
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
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

  views(): JobView[] {
    return [...this.#jobs.values()].map((job) => job.view);
  }

  add(job: EndedJob): void {
    this.#jobs.set(job.view.jobId, job);
    this.#noted.push(job.view.jobId);
    if (this.#noted.length > NOTES_KEPT_MAX) this.#dropNotes(this.#noted.shift());
    if (this.#jobs.size <= this.#max) return;
    for (const oldest of this.#jobs.keys()) return void this.#jobs.delete(oldest);
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
    if (!job || index >= job.view.tasks.total) return undefined;
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
