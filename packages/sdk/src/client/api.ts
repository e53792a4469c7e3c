import type {
  Determinism,
  Disagreement,
  Explanation,
  GridError,
  JobId,
  JobSpec,
  JobState,
  JobView,
  LogRow,
  NodeView,
  Quorum,
  Quota,
  Scope,
  StatusView,
  StoryRow,
  TokenView,
} from '@manytabs/protocol';

/** What a task sees of the grid. The same for every execution of the task, wherever and how often it runs. */
export interface TaskContext<Args = unknown> {
  /** The task's number in the job. */
  readonly index: number;
  /** Equal for every execution of this task. */
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly args: Args;
  /** In [0, 1), seeded. */
  random(): number;
  progress(fraction: number, note?: string): void;
  log(...values: unknown[]): void;
  /** A picture of the work so far, for the volunteer to look at. */
  preview(image: { width: number; height: number; rgba: Uint8Array }): void;
  readonly files: { read(path: string): Promise<Uint8Array> };
}

export type TaskFunction<Input, Output, Args = unknown> = (
  input: Input,
  context: TaskContext<Args>,
) => Output | Promise<Output>;

/** An ES module's source whose export is a TaskFunction. */
export interface JsModule {
  readonly kind: 'js';
  readonly source: string;
  readonly export: string;
}

/** A WASM module; `export` takes numbers and returns one, or reads and writes bytes in memory. */
export interface WasmModule {
  readonly kind: 'wasm';
  readonly bytes: Uint8Array;
  readonly export: string;
}

export type Task<Input, Output, Args = unknown> =
  | TaskFunction<Input, Output, Args>
  | JsModule
  | WasmModule;

/** Half open: `from`, up to and without `to`. Made by `range(to)` or `range(from, to)`; never enumerated. */
export interface Range extends Iterable<number> {
  readonly kind: 'range';
  readonly from: number;
  readonly to: number;
}

export type InputSource<Input> = Iterable<Input> | AsyncIterable<Input>;

/** `none`: one result. `draft`, `standard`: two that agree. `strict`: three. */
export type Trust = 'none' | 'draft' | 'standard' | 'strict';

export interface MapOptions<Args = unknown> {
  readonly name?: string | undefined;
  /** Told to volunteers: what it is good for. */
  readonly purpose?: string | undefined;
  readonly args?: Args | undefined;
  /** Input files every task may read, by path. */
  readonly files?: Readonly<Record<string, Uint8Array>> | undefined;
  readonly trust?: Trust | undefined;
  /** Agreeing results of distinct volunteers, or BOINC's parameters. Overrides `trust`. */
  readonly quorum?: number | Partial<Quorum> | undefined;
  /** 0 to 9; 5 unless said. */
  readonly priority?: number | undefined;
  /** Of one task, in ms. */
  readonly timeout?: number | undefined;
  /** Failed executions to forgive per task. */
  readonly retries?: number | undefined;
  readonly seed?: number | undefined;
  /**
   * How much browsers may differ. Unless said, Math, dates and strings are the same everywhere and the clocks run;
   * `strict-js` stops the clocks too; `strict-wasm` is for modules; `class` keeps each engine's own Math and lets only
   * volunteers with equal ones vote together; `tolerant` also admits WASM whose results engines may choose.
   */
  readonly determinism?: Determinism | undefined;
  readonly outputBytesMax?: number | undefined;
  readonly view?: JobSpec['view'] | undefined;
  /** Aborting cancels the job. */
  readonly signal?: AbortSignal | undefined;
}

export interface ResultTrust {
  /** Volunteers whose results agreed. */
  readonly votes: number;
}

export type TaskResult<Output> =
  | {
      readonly index: number;
      readonly status: 'fulfilled';
      readonly state: 'final';
      /** 1 - the chance that it is wrong, as far as the votes tell. */
      readonly confidence: number;
      readonly value: Output;
      readonly trust: ResultTrust;
    }
  | {
      readonly index: number;
      readonly status: 'rejected';
      readonly state: 'failed';
      readonly error: GridError;
      readonly attempts: number;
    };

export interface JobEvents {
  progress: JobView;
  state: JobState;
}

/**
 * A handle on a job. Awaiting it gives all values in order, and rejects with an AggregateError of GridErrors if tasks
 * failed. The job lives on the grid, not in the handle.
 */
export interface Job<Output> extends PromiseLike<Output[]>, AsyncIterable<Output> {
  readonly id: JobId;
  /** The newest view; undefined before the first one arrived. */
  readonly view: JobView | undefined;
  /** Resolves once the grid has accepted the job; rejects with why it did not. */
  readonly submitted: Promise<void>;
  /** Every result, as it becomes final, or (`ordered`) by index. Failures are rows, not exceptions. */
  results(options?: { ordered?: boolean; signal?: AbortSignal }): AsyncIterable<TaskResult<Output>>;
  /** Resolves when the job has ended, with its last view. */
  ended(options?: { signal?: AbortSignal }): Promise<JobView>;
  on<Name extends keyof JobEvents>(
    name: Name,
    listener: (event: JobEvents[Name]) => void,
  ): () => void;
  pause(): Promise<void>;
  resume(): Promise<void>;
  cancel(reason?: string): Promise<void>;
  explain(): Promise<Explanation>;
  story(index: number): Promise<readonly StoryRow[]>;
  logs(): Promise<readonly LogRow[]>;
  disagreements(): Promise<readonly Disagreement[]>;
}

export interface ConnectOptions {
  readonly token?: string | undefined;
  /** Who asks, for the list of jobs. */
  readonly agent?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TokenOptions {
  readonly scope: Scope;
  /** For whom or what it is. */
  readonly name?: string | undefined;
  /** Sites that may use it; a site key names at least one. */
  readonly origins?: readonly string[] | undefined;
  readonly expires?: Date | undefined;
  /** Of a volunteer token: false only admits to a private grid. */
  readonly trusted?: boolean | undefined;
  readonly quota?: Quota | undefined;
}

/** The owner's: others get `token-refused`. */
export interface TokensApi {
  /** The token itself is shown here and never again. @throws {GridError} `input-invalid`, `quota-exceeded` */
  create(options: TokenOptions): Promise<TokenView & { readonly token: string }>;
  list(): Promise<readonly TokenView[]>;
  /** Its links are closed at once; its jobs go on. @throws {GridError} `token-unknown` */
  revoke(id: string): Promise<TokenView>;
}

export interface GridApi {
  map<Input, Output, Args = unknown>(
    inputs: InputSource<Input>,
    task: Task<Input, Output, Args>,
    options?: MapOptions<Args>,
  ): Job<Output>;
  /** A handle on a job that exists. */
  job<Output = unknown>(id: JobId): Job<Output>;
  jobs(): Promise<readonly JobView[]>;
  nodes(): Promise<readonly NodeView[]>;
  status(): Promise<StatusView>;
  /** `connected`, `reconnecting` (by itself), `closed`. */
  readonly state: 'connected' | 'reconnecting' | 'closed';
  on(name: 'state', listener: (state: GridApi['state']) => void): () => void;
  close(): Promise<void>;
}
