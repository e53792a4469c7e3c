import { hash32, type JobId, type JobView, LIMITS } from '@manytabs/protocol';

type Page = readonly JobView[];

/**
 * What one link was told of the list of jobs, so that of thousands only those are sent again that changed. Of each a
 * hash is kept; one of four billion changes goes unseen, until the next, or until its reader begins anew.
 */
export class JobsFeed {
  readonly number: number;
  readonly #told = new Map<JobId, number>();

  constructor(number: number) {
    this.number = number;
  }

  /** As many as one answer holds of those after the id that changed. */
  async next(
    after: string | undefined,
    pageAfter: (after: JobId | undefined) => Promise<unknown>,
  ): Promise<Page> {
    const changed: JobView[] = [];
    let last = after as JobId | undefined;
    for (;;) {
      const page = (await pageAfter(last)) as Page;
      for (const job of page) {
        if (this.#isNews(job)) changed.push(job);
        if (changed.length === LIMITS.ROWS_PER_ANSWER_MAX) return changed;
      }
      if (page.length < LIMITS.ROWS_PER_ANSWER_MAX) return changed;
      last = page.at(-1)?.jobId;
    }
  }

  #isNews(job: JobView): boolean {
    const hash = hash32(JSON.stringify(job));
    if (this.#told.get(job.jobId) === hash) return false;
    this.#told.set(job.jobId, hash);
    return true;
  }
}
