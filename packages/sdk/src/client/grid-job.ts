import {
  type Disagreement,
  type Explanation,
  GridError,
  hasEnded,
  type JobId,
  type JobState,
  type JobView,
  type LogRow,
  type StoryRow,
  toGridError,
} from '@manytabs/protocol';
import type { Job, JobEvents, TaskResult } from './api.ts';
import type { Connection } from './connection.ts';
import { inOrder, RowStream } from './row-stream.ts';

type Asked = 'explain' | 'story' | 'logs' | 'disagreements';

/** A handle over a connection. `start` submits the job; without it the job is one that exists. */
export class GridJob<Output> implements Job<Output> {
  readonly id: JobId;
  readonly submitted: Promise<void>;
  readonly #connection: Connection;
  readonly #listeners = {
    progress: new Set<(view: JobView) => void>(),
    state: new Set<(state: JobState) => void>(),
  };
  #view: JobView | undefined;
  #stopWatching: (() => void) | undefined;
  #failure: GridError | undefined;
  #values: Promise<Output[]> | undefined;

  constructor(
    connection: Connection,
    id: JobId,
    options: { start?: (() => Promise<void>) | undefined; signal?: AbortSignal | undefined } = {},
  ) {
    this.id = id;
    this.#connection = connection;
    this.submitted = options.start ? options.start() : Promise.resolve();
    this.submitted.catch((thrown) => {
      this.#failure = toGridError(thrown, 'connection-lost');
    });
    options.signal?.addEventListener('abort', () => void this.#abort(options.signal?.reason));
  }

  get view(): JobView | undefined {
    return this.#view;
  }

  async *results(
    options: { ordered?: boolean; signal?: AbortSignal } = {},
  ): AsyncGenerator<TaskResult<Output>> {
    await this.submitted;
    const rows = new RowStream<Output>(this.#connection, this.id, options.signal);
    yield* options.ordered ? inOrder(rows) : rows;
  }

  /** The values in order; the first failed task throws. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Output> {
    for await (const result of this.results({ ordered: true })) {
      if (result.status === 'rejected') throw result.error;
      yield result.value;
    }
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting a job gives its values; that is its contract.
  then<A = Output[], B = never>(
    onFulfilled?: ((values: Output[]) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    this.#values ??= this.#collect();
    return this.#values.then(onFulfilled, onRejected);
  }

  ended(options: { signal?: AbortSignal } = {}): Promise<JobView> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.#failure) settle(() => reject(this.#failure));
        else if (this.#view && hasEnded(this.#view.state))
          settle(() => resolve(this.#view as JobView));
      };
      const forget = this.on('progress', look);
      const abort = () => settle(() => reject(new GridError('aborted', 'Waiting was given up.')));
      const settle = (act: () => void) => {
        forget();
        options.signal?.removeEventListener('abort', abort);
        act();
      };
      options.signal?.addEventListener('abort', abort);
      this.submitted.then(look, look);
    });
  }

  on<Name extends keyof JobEvents>(
    name: Name,
    listener: (event: JobEvents[Name]) => void,
  ): () => void {
    const listeners = this.#listeners[name] as Set<(event: JobEvents[Name]) => void>;
    listeners.add(listener);
    this.submitted.then(
      () => this.#watch(),
      () => {},
    );
    return () => {
      listeners.delete(listener);
      if (this.#listeners.progress.size + this.#listeners.state.size === 0) this.#unwatch();
    };
  }

  pause(): Promise<void> {
    return this.#control('pause', '');
  }

  resume(): Promise<void> {
    return this.#control('resume', '');
  }

  cancel(reason = 'cancelled by the submitter'): Promise<void> {
    return this.#control('cancel', reason.slice(0, 200));
  }

  explain(): Promise<Explanation> {
    return this.#ask<Explanation>('explain');
  }

  story(index: number): Promise<readonly StoryRow[]> {
    return this.#ask<readonly StoryRow[]>('story', index);
  }

  logs(): Promise<readonly LogRow[]> {
    return this.#ask<readonly LogRow[]>('logs');
  }

  disagreements(): Promise<readonly Disagreement[]> {
    return this.#ask<readonly Disagreement[]>('disagreements');
  }

  async #collect(): Promise<Output[]> {
    const values: Output[] = [];
    const errors: GridError[] = [];
    for await (const result of this.results()) {
      if (result.status === 'fulfilled') values[result.index] = result.value;
      else errors.push(result.error);
    }
    const { state, reason } = await this.ended();
    if (state === 'cancelled')
      throw new GridError('cancelled', `The job was cancelled: ${reason}.`);
    if (errors.length === 0) return values;
    throw new AggregateError(
      errors,
      `${errors.length} of ${errors.length + count(values)} tasks failed.`,
    );
  }

  #watch(): void {
    if (this.#stopWatching || (this.#view && hasEnded(this.#view.state))) return;
    const watch = this.#connection.watch(
      { jobId: this.id, rows: false, after: () => 0 },
      {
        onMessage: (message) => {
          if (message.type === 'job-progress') this.#onView(message.view as JobView);
        },
        onRefused: (reason) => this.#onRefused(reason),
      },
    );
    this.#stopWatching = watch.stop;
  }

  #unwatch(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  #onView(view: JobView): void {
    const before = this.#view?.state;
    this.#view = view;
    for (const listener of [...this.#listeners.progress]) listener(view);
    if (before === view.state) return;
    for (const listener of [...this.#listeners.state]) listener(view.state);
  }

  #onRefused(reason: GridError): void {
    this.#failure = reason;
    const view = this.#view;
    for (const listener of [...this.#listeners.progress]) if (view) listener(view);
  }

  async #abort(reason: unknown): Promise<void> {
    const text = reason instanceof Error ? reason.message : 'aborted by the submitter';
    await this.cancel(text).catch(() => {});
  }

  async #control(action: 'pause' | 'resume' | 'cancel', reason: string): Promise<void> {
    await this.submitted;
    await this.#connection.request({ type: 'control-job', jobId: this.id, action, reason });
  }

  async #ask<Answer>(what: Asked, index?: number): Promise<Answer> {
    await this.submitted;
    const query = { type: 'query', what, jobId: this.id } as const;
    const asked = index === undefined ? query : { ...query, index };
    return (await this.#connection.request(asked)) as Answer;
  }
}

/** How many places of a sparse array are filled. */
function count(values: readonly unknown[]): number {
  return Object.keys(values).length;
}
