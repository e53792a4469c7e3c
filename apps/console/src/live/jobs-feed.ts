import { hasEnded, type JobId, type JobView } from '@manytabs/protocol';

type AskJobs = (options: {
  readonly endedSince?: number | undefined;
}) => Promise<readonly JobView[]>;

/** All are asked for this often, so that jobs the grid has forgotten go. */
const WHOLE_EVERY_MS = 60_000;
/** Servers of one grid may tell the time so differently. */
const OVERLAP_MS = 10_000;

/** The list of all jobs, kept by asking for those that can have changed: thousands that have ended are sent once. */
export class JobsFeed {
  readonly #ask: AskJobs;
  readonly #clock: () => number;
  #jobs = new Map<JobId, JobView>();
  #wholeAt: number | undefined;

  constructor(ask: AskJobs, clock: () => number) {
    this.#ask = ask;
    this.#clock = clock;
  }

  async next(): Promise<readonly JobView[]> {
    const now = this.#clock();
    const isWhole = this.#wholeAt === undefined || now - this.#wholeAt >= WHOLE_EVERY_MS;
    const answer = await this.#ask(isWhole ? {} : { endedSince: this.#newestEnd() });
    const kept = isWhole ? [] : [...this.#jobs.values()].filter(({ state }) => hasEnded(state));
    this.#jobs = new Map([...kept, ...answer].map((job) => [job.jobId, job]));
    if (isWhole) this.#wholeAt = now;
    return [...this.#jobs.values()];
  }

  #newestEnd(): number {
    let newest = OVERLAP_MS;
    for (const { endedAt = 0 } of this.#jobs.values()) newest = Math.max(newest, endedAt);
    return Math.floor(newest - OVERLAP_MS);
  }
}
