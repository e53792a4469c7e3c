import {
  type AttemptsPage,
  type Belief,
  type Disagreement,
  type Explanation,
  GridError,
  hasEnded,
  type JobEvent,
  type JobId,
  type JobState,
  type JobView,
  LIMITS,
  type LogRow,
  type ProvisionalMessage,
  type ShardId,
  type StoryRow,
  type TaskSource,
  toGridError,
} from '@manytabs/protocol';
import type {
  Job,
  JobEvents,
  ProvisionalResult,
  ReduceOptions,
  ResultsOptions,
  Single,
  StageOptions,
  Task,
  TaskBytes,
  TaskResult,
} from './api.ts';
import type { Connection } from './connection.ts';
import { endedError } from './ended-error.ts';
import { foldHere } from './fold.ts';
import { aborted, inOrder, provisionalOf, RowStream } from './row-stream.ts';
import { SingleJob } from './single-job.ts';
import type { Stages } from './stages.ts';
import { fetchTask } from './task-bytes.ts';

export interface GridJobOptions<Output> {
  /** Submits the job; without it the job is one that exists. */
  readonly start?: (() => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly stages: Stages;
  /** Gives each result to all inputs that it is for. */
  readonly spread?:
    | ((rows: AsyncIterable<TaskResult<Output>>) => AsyncIterable<TaskResult<Output>>)
    | undefined;
}

type Asked =
  | 'explain'
  | 'story'
  | 'belief'
  | 'logs'
  | 'disagreements'
  | 'attempts'
  | 'task-source'
  | 'task-shard';

/** A handle over a connection. */
export class GridJob<Output> implements Job<Output> {
  readonly id: JobId;
  readonly submitted: Promise<void>;
  readonly #connection: Connection;
  readonly #options: GridJobOptions<Output>;
  readonly #listeners = {
    progress: new Set<(view: JobView) => void>(),
    state: new Set<(state: JobState) => void>(),
    retry: new Set<(event: JobEvents['retry']) => void>(),
    log: new Set<(event: JobEvents['log']) => void>(),
    preview: new Set<(event: JobEvents['preview']) => void>(),
    provisional: new Set<(result: ProvisionalResult) => void>(),
    retract: new Set<(task: { index: number }) => void>(),
  };
  readonly #waiters = new Set<() => void>();
  #view: JobView | undefined;
  #stopWatching: (() => void) | undefined;
  #failure: GridError | undefined;
  #values: Promise<Output[]> | undefined;

  constructor(connection: Connection, id: JobId, options: GridJobOptions<Output>) {
    this.#options = options;
    this.id = id;
    this.#connection = connection;
    this.submitted = begin(options);
    this.submitted.catch((thrown) => {
      this.#failure = toGridError(thrown, 'connection-lost');
    });
    const { signal } = options;
    signal?.addEventListener('abort', () => void this.#abort(signal.reason), { once: true });
  }

  get view(): JobView | undefined {
    return this.#view;
  }

  async *results(options: ResultsOptions = {}): AsyncGenerator<TaskResult<Output>> {
    await this.submitted;
    if (options.ordered && options.provisional) {
      throw new GridError('spec-invalid', 'Provisional results come in no order.');
    }
    const stream = new RowStream<Output>(this.#connection, this.id, options);
    const { spread } = this.#options;
    const rows = spread ? spread(stream) : stream;
    yield* options.ordered ? inOrder(rows) : rows;
  }

  settled(options: ResultsOptions = {}): AsyncIterable<TaskResult<Output>> {
    return this.results(options);
  }

  stream(options: { signal?: AbortSignal | undefined } = {}): ReadableStream<Output> {
    const values = this.#ordered(options);
    return new ReadableStream<Output>(
      {
        async pull(controller) {
          const { done, value } = await values.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        async cancel() {
          await values.return(undefined);
        },
      },
      { highWaterMark: 0 },
    );
  }

  map<Next, Args = unknown>(
    task: Task<Output, Next, Args>,
    options: StageOptions<Args> = {},
  ): Job<Next> {
    return this.#options.stages.each(this, task, options);
  }

  reduce<A>(
    fn: ((a: A, value: Output) => A) | ((a: Output, b: Output) => Output),
    init?: A,
    options: ReduceOptions<A> = {},
  ): Single<A> {
    const { on, associative, combine, fanIn } = options;
    const isHere = on === 'client' || !(on || associative || combine || fanIn);
    const fold = fn as (a: A, value: Output) => A;
    if (!isHere) return this.#options.stages.tree(this, fold, init, options);
    return new SingleJob<A>(this, () => foldHere(this, fold, init, options.signal));
  }

  async retryFailed(options: { signal?: AbortSignal | undefined } = {}): Promise<JobId> {
    await this.submitted;
    return this.#options.stages.again(this.id, options);
  }

  /** The values in order; the first failed task throws. */
  [Symbol.asyncIterator](): AsyncGenerator<Output> {
    return this.#ordered({});
  }

  async *#ordered(options: { signal?: AbortSignal | undefined }): AsyncGenerator<Output> {
    for await (const result of this.results({ ordered: true, ...options })) {
      if (result.status === 'rejected') throw result.error;
      yield result.value;
    }
    const error = endedError(await this.ended(options));
    if (error) throw error;
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting a job gives its values; that is its contract.
  then<A = Output[], B = never>(
    onFulfilled?: ((values: Output[]) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    this.#values ??= this.#collect();
    return this.#values.then(onFulfilled, onRejected);
  }

  ended(options: { signal?: AbortSignal | undefined } = {}): Promise<JobView> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.#failure) settle(() => reject(this.#failure));
        else if (this.#view && hasEnded(this.#view.state))
          settle(() => resolve(this.#view as JobView));
      };
      const forget = this.on('progress', look);
      this.#waiters.add(look);
      const abort = () => settle(() => reject(new GridError('aborted', 'Waiting was given up.')));
      const settle = (act: () => void) => {
        forget();
        this.#waiters.delete(look);
        options.signal?.removeEventListener('abort', abort);
        act();
      };
      options.signal?.addEventListener('abort', abort);
      if (options.signal?.aborted) return abort();
      this.submitted.then(look, look);
    });
  }

  on<Name extends keyof JobEvents>(
    name: Name,
    listener: (event: JobEvents<Output>[Name]) => void,
  ): () => void {
    if (name === 'result') return this.#onResult(listener as never);
    const listeners = this.#listeners[name as Exclude<Name, 'result'>] as Set<typeof listener>;
    listeners.add(listener);
    // What is watched already was watched without them.
    if (name === 'provisional' || name === 'retract') this.#unwatch();
    this.submitted.then(
      () => this.#watch(),
      () => {},
    );
    return () => {
      listeners.delete(listener);
      const sets = Object.values(this.#listeners);
      if (sets.every(({ size }) => size === 0)) this.#unwatch();
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
    return this.#ask<readonly StoryRow[]>('story', { index });
  }

  async belief(index: number): Promise<Belief | undefined> {
    return (await this.#ask<Belief | null>('belief', { index })) ?? undefined;
  }

  async taskBytes(index: number): Promise<TaskBytes | undefined> {
    const source = await this.#ask<TaskSource | null>('task-source', { index });
    if (!source) return undefined;
    return fetchTask(source, (shard) => this.#ask<Uint8Array>('task-shard', { shards: [shard] }));
  }

  logs(): Promise<readonly LogRow[]> {
    return this.#ask<readonly LogRow[]>('logs');
  }

  disagreements(): Promise<readonly Disagreement[]> {
    return this.#ask<readonly Disagreement[]>('disagreements');
  }

  attempts(place = 0): Promise<AttemptsPage> {
    return this.#ask<AttemptsPage>('attempts', { place });
  }

  async #collect(): Promise<Output[]> {
    const values: Output[] = [];
    const errors: GridError[] = [];
    for await (const result of this.results()) {
      if (result.status === 'fulfilled') values[result.index] = result.value;
      else errors.push(result.error);
    }
    const stopped = endedError(await this.ended());
    if (stopped) throw stopped;
    if (errors.length === 0) return values;
    throw new AggregateError(
      errors,
      `${errors.length} of ${errors.length + count(values)} tasks failed.`,
    );
  }

  #watch(): void {
    if (this.#stopWatching || (this.#view && hasEnded(this.#view.state))) return;
    const watch = this.#connection.watch(
      {
        jobId: this.id,
        rows: false,
        after: () => 0,
        events: true,
        provisional: this.#wantsProvisional,
      },
      {
        onMessage: (message) => {
          if (message.type === 'job-progress') this.#onView(message.view as JobView);
          else if (message.type === 'job-events') message.events.forEach(this.#onEvent);
          else if (message.type === 'provisional') this.#onProvisional(message);
        },
        onRefused: (reason) => this.#onRefused(reason),
      },
    );
    this.#stopWatching = watch.stop;
  }

  readonly #onEvent = (event: JobEvent): void => {
    if (event.kind === 'log') for (const listener of [...this.#listeners.log]) listener(event);
    else if (event.kind === 'preview')
      for (const listener of [...this.#listeners.preview]) listener(event);
    else for (const listener of [...this.#listeners.retry]) listener(event);
  };

  /** Every result so far and from now on, until it is stopped or the job ends. */
  #onResult(listener: (result: TaskResult<Output>) => void): () => void {
    const stop = new AbortController();
    const read = async () => {
      for await (const result of this.results({ signal: stop.signal })) {
        if (stop.signal.aborted) return;
        listener(result);
      }
    };
    // What ends the job is told to who awaits it.
    read().catch(() => {});
    return () => stop.abort();
  }

  get #wantsProvisional(): boolean {
    return this.#listeners.provisional.size + this.#listeners.retract.size > 0;
  }

  #onProvisional({ news }: ProvisionalMessage): void {
    for (const result of provisionalOf(news)) {
      for (const listener of this.#listeners.provisional) listener(result);
    }
    for (const { from, to, values } of news) {
      if (values) continue;
      for (let index = from; index < Math.min(to, from + LIMITS.BUNDLE_TASKS_MAX); index++) {
        for (const listener of this.#listeners.retract) listener({ index });
      }
    }
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
    for (const look of [...this.#waiters]) look();
  }

  async #abort(reason: unknown): Promise<void> {
    const text = reason instanceof Error ? reason.message : 'aborted by the submitter';
    await this.cancel(text).catch(() => {});
  }

  async #control(action: 'pause' | 'resume' | 'cancel', reason: string): Promise<void> {
    await this.submitted;
    await this.#connection.request({ type: 'control-job', jobId: this.id, action, reason });
  }

  async #ask<Answer>(
    what: Asked,
    which: { index?: number; place?: number; shards?: ShardId[] } = {},
  ): Promise<Answer> {
    await this.submitted;
    const query = { type: 'query', what, jobId: this.id, ...which } as const;
    return (await this.#connection.request(query)) as Answer;
  }
}

async function begin({
  start,
  signal,
}: Pick<GridJobOptions<unknown>, 'start' | 'signal'>): Promise<void> {
  if (start && signal?.aborted) throw aborted(signal);
  await start?.();
}

/** How many places of a sparse array are filled. */
function count(values: readonly unknown[]): number {
  return Object.keys(values).length;
}
