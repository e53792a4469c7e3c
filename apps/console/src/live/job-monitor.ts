import { type GridError, type JobId, type JobView, toGridError } from '@manytabs/protocol';
import type { GridApi, Job, TaskResult } from 'manytabs';
import { RateHistory } from './history.ts';
import { Mosaic } from './mosaic.ts';
import { ProvisionalBook } from './provisional-book.ts';
import { ResultRing } from './result-ring.ts';

export interface JobSnapshot {
  readonly view: JobView | undefined;
  /** When `view` arrived, ms since epoch. */
  readonly at: number | undefined;
  readonly error: GridError | undefined;
  /** Results that arrived here. */
  readonly results: number;
  readonly mosaic: Mosaic | undefined;
}

/** Rows taken in before the page gets a turn. */
const ROWS_PER_TURN = 500;
const NOTIFY_MS = 120;

/** Everything the job page shows of one job, kept up to date from `open` to `close`. */
export class JobMonitor {
  readonly rows = new ResultRing();
  readonly rates = new RateHistory();
  readonly job: Job<unknown>;
  readonly unsettled: ProvisionalBook;
  readonly #listeners = new Set<() => void>();
  readonly #abort = new AbortController();
  readonly #viewed: Promise<JobView>;
  #hasView: (view: JobView) => void = () => {};
  #snapshot: JobSnapshot = {
    view: undefined,
    at: undefined,
    error: undefined,
    results: 0,
    mosaic: undefined,
  };
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopListening: () => void = () => {};

  constructor(grid: GridApi, jobId: JobId) {
    this.job = grid.job(jobId);
    this.unsettled = new ProvisionalBook(this.job);
    this.#viewed = new Promise((resolve) => {
      this.#hasView = resolve;
    });
  }

  readonly getSnapshot = (): JobSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  open(): void {
    this.#stopListening = this.job.on('progress', (view) => this.#onView(view));
    if (this.job.view) this.#onView(this.job.view);
    void this.#takeResults(); // failures end up in the snapshot
  }

  close(): void {
    this.#stopListening();
    this.#abort.abort();
    clearTimeout(this.#timer);
  }

  #onView(view: JobView): void {
    const at = Date.now();
    this.rates.add(at, view.tasksPerSecond);
    this.#change({ view, at, mosaic: this.#snapshot.mosaic ?? mosaicOf(view) });
    this.#hasView(view);
  }

  async #takeResults(): Promise<void> {
    const { signal } = this.#abort;
    try {
      let taken = 0;
      for await (const result of this.job.results({ signal })) {
        await this.#viewed;
        this.#take(result);
        if (++taken % ROWS_PER_TURN === 0) await turn();
      }
    } catch (thrown) {
      if (!signal.aborted) this.#change({ error: toGridError(thrown, 'connection-lost') });
    }
  }

  #take(result: TaskResult<unknown>): void {
    this.rows.push(result);
    this.unsettled.settle(result.index);
    if (result.status === 'fulfilled') this.#snapshot.mosaic?.draw(result.index, result.value);
    this.#change({ results: this.rows.count });
  }

  #change(part: Partial<JobSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...part };
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const listener of this.#listeners) listener();
    }, NOTIFY_MS);
  }
}

function mosaicOf(view: JobView): Mosaic | undefined {
  return view.view?.kind === 'mosaic' ? new Mosaic(view.view) : undefined;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
