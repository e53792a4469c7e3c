import { hasEnded, type JobId, type JobView } from '@manytabs/protocol';
import type { InputSource } from './api.ts';
import type { Connection } from './connection.ts';

/** Inputs that wait on the grid, of a source that is not all there anyway. */
const AHEAD_BYTES = 16 * 1024 * 1024;
const FREE_BYTES = 1024 * 1024;

/**
 * Keeps a source of inputs from running away from the job: without it a generator that never ends would fill the grid's
 * disk. A list that exists as a whole is sent as a whole.
 */
export class Pace {
  readonly #connection: Connection;
  readonly #jobId: JobId;
  readonly #tasksMax: number | undefined;
  readonly #isWhole: boolean;
  #bytes = 0;
  #tasks = 0;
  #view: JobView | undefined;
  #stop: (() => void) | undefined;
  #wake: (() => void) | undefined;

  constructor(submission: {
    readonly connection: Connection;
    readonly jobId: JobId;
    readonly inputs: InputSource<unknown>;
    readonly buffer?: number | undefined;
  }) {
    this.#connection = submission.connection;
    this.#jobId = submission.jobId;
    this.#tasksMax = submission.buffer;
    this.#isWhole = submission.buffer === undefined && Array.isArray(submission.inputs);
  }

  get hasEnded(): boolean {
    return this.#view !== undefined && hasEnded(this.#view.state);
  }

  /** Resolves when so much more may be sent, or the job has ended. */
  async room(bytes: number, tasks: number): Promise<void> {
    this.#bytes += bytes;
    this.#tasks += tasks;
    if (this.#isWhole || (this.#tasksMax === undefined && this.#bytes < FREE_BYTES)) return;
    this.#watch();
    while (!this.hasEnded && this.#isAhead(tasks)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#stop?.();
    this.#wake?.();
  }

  /** A chunk by itself always has room. */
  #isAhead(tasks: number): boolean {
    const decided = this.#view ? this.#view.tasks.final + this.#view.tasks.failed : 0;
    const ahead = this.#tasks - decided;
    if (ahead <= tasks) return false;
    if (this.#tasksMax !== undefined) return ahead > this.#tasksMax;
    return (ahead * this.#bytes) / this.#tasks > AHEAD_BYTES;
  }

  #watch(): void {
    if (this.#stop) return;
    const watch = this.#connection.watch(
      { jobId: this.#jobId, rows: false, after: () => 0 },
      {
        onMessage: (message) => {
          if (message.type !== 'job-progress') return;
          this.#view = message.view as JobView;
          this.#wake?.();
        },
        // The sending tells what is wrong.
        onRefused: () => this.#wake?.(),
      },
    );
    this.#stop = watch.stop;
  }
}
