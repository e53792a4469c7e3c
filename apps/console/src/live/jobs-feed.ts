import type { JobId, JobView } from '@manytabs/protocol';

type AskJobs = (options: { readonly feed: number }) => Promise<readonly JobView[]>;

/** All are asked for this often, so that jobs the grid has forgotten go. */
const WHOLE_EVERY_MS = 60_000;

/** The list of all jobs, kept by asking for those that changed: thousands that wait or have ended are sent once. */
export class JobsFeed {
  readonly #ask: AskJobs;
  readonly #clock: () => number;
  #jobs = new Map<JobId, JobView>();
  #wholeAt: number | undefined;
  #feed = 0;

  constructor(ask: AskJobs, clock: () => number) {
    this.#ask = ask;
    this.#clock = clock;
  }

  async next(): Promise<readonly JobView[]> {
    const now = this.#clock();
    const isWhole = this.#wholeAt === undefined || now - this.#wholeAt >= WHOLE_EVERY_MS;
    const feed = isWhole ? this.#feed + 1 : this.#feed;
    const answer = await this.#ask({ feed });
    const kept = isWhole ? [] : this.#jobs.values();
    this.#jobs = new Map([...kept, ...answer].map((job) => [job.jobId, job]));
    this.#feed = feed;
    if (isWhole) this.#wholeAt = now;
    return [...this.#jobs.values()];
  }
}
