import type {
  AttemptsPage,
  Belief,
  Determinism,
  Disagreement,
  Explanation,
  JobEvent,
  JobId,
  JobSpec,
  JobState,
  JobView,
  LogRow,
  NodeView,
  QuarantineView,
  Quorum,
  Quota,
  Scope,
  StatusView,
  StoryRow,
  Tier,
  TokenView,
} from '@manytabs/protocol';
import type { RowCursor } from '../row-cursor.ts';
import type { CompareOption } from './compare-option.ts';
import type { GridFiles } from './files/api.ts';
import type { TaskBytes } from './task-bytes.ts';
import type { TaskContext } from './task-context.ts';
import type { TaskError } from './task-error.ts';

export type { CompareOption } from './compare-option.ts';
export type { TaskBytes } from './task-bytes.ts';
export type { TaskContext } from './task-context.ts';
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

/** Text, or bytes that need not be UTF-8. */
export type WasiContent = string | Uint8Array | { readonly base64: string };

/** What one run of a WASI command is given; its files lie below `/`, where relative paths begin too. */
export interface WasiInput {
  readonly args?: readonly (string | number)[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: WasiContent | undefined;
  readonly files?: Readonly<Record<string, WasiContent>> | undefined;
}

/** Text where it is UTF-8. */
export type WasiOutput = string | { readonly base64: string };

/** What a WASI command leaves behind. A code other than 0 is a result like any other. */
export interface WasiResult {
  readonly code: number;
  readonly stdout: WasiOutput;
  readonly stderr: WasiOutput;
  /** Those it made or changed. */
  readonly files: Readonly<Record<string, WasiOutput>>;
}

/** A program of WASI preview 1, run once for each input. Made by `wasi()`. */
export interface WasiModule<Input = unknown> {
  readonly kind: 'wasi';
  readonly bytes: Uint8Array;
  readonly export: '_start';
  /** Makes what a run is given of an input; without it the input is a WasiInput, or text for stdin, or a number. */
  readonly prepare?: ((input: Input, index: number) => WasiInput | string) | undefined;
  /** The same for all runs; becomes the job's `args` where it has none. */
  readonly shared?: WasiInput | undefined;
  /** Files that all runs find; they join those of the job. */
  readonly files?: Readonly<Record<string, Uint8Array>> | undefined;
  readonly types?: ((input: Input) => WasiResult) | undefined;
}

/** A script of Python whose function `export` is called with the input and the context. Made by `python()`. */
export interface PythonModule {
  readonly kind: 'python';
  readonly source: string;
  readonly export: string;
}

/** What a program takes and gives, for the compiler alone: `jsModule<number, string>(…)` says it. */
export interface Typed<Input, Output> {
  readonly types?: ((input: Input) => Output) | undefined;
}

export type Task<Input, Output, Args = unknown> =
  | TaskFunction<Input, Output, Args>
  | ((JsModule | WasmModule | WasiModule<Input> | PythonModule) & Typed<Input, Output>);

/** Half open: `from`, up to and without `to`. Made by `range(to)` or `range(from, to)`; never enumerated. */
export interface Range extends Iterable<number> {
  readonly kind: 'range';
  readonly from: number;
  readonly to: number;
}

export type InputSource<Input> = Iterable<Input> | AsyncIterable<Input>;

/**
 * How sure a result must be. `none`: one result is enough. The others let credibility decide (docs/spec/trust.md):
 * `draft` is wrong at most once in a hundred, `standard` in a thousand, `strict` in a hundred thousand.
 */
export type Trust = 'none' | Tier;

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
  readonly compare?: CompareOption | undefined;
  /**
   * Whether a result is right, where that is cheaper to see than to compute: a function, or of a module the name of an
   * export. Each task is computed once, and other volunteers call this with its input and that result; what they say are
   * votes, at `standard` unless `trust` says otherwise. Only `true` is yes; what throws is no.
   */
  readonly verify?:
    | string
    | ((input: never, result: never, context: TaskContext<never>) => boolean | Promise<boolean>)
    | undefined;
  /** 0 to 9; 5 unless said. */
  readonly priority?: number | undefined;
  /** Of one task, in ms. */
  readonly timeout?: number | undefined;
  /** Failed executions to forgive per task, and how long to rest before each repetition. */
  readonly retries?: number | Retries | undefined;
  /**
   * Inputs that may wait on the grid; a generator is read no further ahead. Unless said, 16 MiB of them, and a list whole.
   */
  readonly buffer?: number | undefined;
  /** In ms from the submission; the job ends then with what it has, `deadline-passed`. */
  readonly deadline?: number | undefined;
  /** Computing time that volunteers may spend on it; past it the job ends with what it has, `budget-spent`. */
  readonly budget?: { readonly coreSeconds: number } | undefined;
  /** What the grid must have at the submission; refused with `infeasible` where it has not. */
  readonly requires?: Requirements | undefined;
  /**
   * A text: the same program and key are the same job, whoever of you asks again, from wherever: its results are used and
   * nothing is computed twice. With list inputs the key stands for the inputs. A function: inputs of equal keys are
   * computed once within the job.
   */
  readonly key?: string | ((input: never) => string) | undefined;
  /**
   * With a function as `key`: results are remembered by program and key on the grid, once they were read here, and a later
   * job of the same submitter, program, arguments, files and trust computes only what is not known. Up to 47 KiB each.
   */
  readonly memo?: boolean | undefined;
  readonly seed?: number | undefined;
  /**
   * How much browsers may differ. Unless said, Math, dates and strings are the same everywhere and the clocks run;
   * `strict-js` stops the clocks too; `strict-wasm` is for modules; `class` keeps each engine's own Math,
   * and compares only results of volunteers whose engines give the same; `tolerant` also admits WASM whose results engines may choose.
   */
  readonly determinism?: Determinism | undefined;
  /**
   * Its tasks share values below this prefix of `grid.space` (`ctx.space`). What a task gives then depends on others, so
   * there is nothing to compare: with `trust: 'none'`, one result a task, and tasks in JavaScript.
   */
  readonly space?: string | undefined;
  readonly outputBytesMax?: number | undefined;
  /** Whether `on('preview')` hears what tasks show: at most 4,096 pixels, once a second from each volunteer. */
  readonly previews?: boolean | undefined;
  readonly view?: JobSpec['view'] | undefined;
  /** Aborting cancels the job. */
  readonly signal?: AbortSignal | undefined;
}

export interface Retries {
  readonly max: number;
  /** In ms before the first repetition, or in full; each further one is `factor` (2) times as long, at most `most` (60 s). */
  readonly backoff?:
    | number
    | {
        readonly first: number;
        readonly factor?: number | undefined;
        readonly most?: number | undefined;
      }
    | undefined;
}

export interface Requirements {
  /** So many volunteers that take work now. */
  readonly volunteers?: number | undefined;
  /**
   * Of one task, at most 1 GiB. It goes to tabs that give that much, and WASM, WASI and Python get no more; what a
   * JavaScript task takes no page can bound.
   */
  readonly memoryMB?: number | undefined;
  /** A task has one thread. */
  readonly threads?: number | undefined;
  /** The sandbox has no GPU. */
  readonly gpu?: boolean | undefined;
}

export interface ResultTrust {
  /** Volunteers whose results agreed. */
  readonly votes: number;
  readonly confidence?: number | undefined;
  readonly tier?: Trust | undefined;
}

export type TaskResult<Output> =
  | {
      readonly index: number;
      readonly status: 'fulfilled';
      /** A provisional result may be taken back (`retract`); a final one never is. */
      readonly state: 'final' | 'provisional';
      /** 1 - the chance that it is wrong, as far as the votes tell. */
      readonly confidence: number;
      readonly value: Output;
      readonly trust: ResultTrust;
      /** Give it as `after` to go on behind this result. */
      readonly cursor?: RowCursor | undefined;
    }
  | {
      readonly index: number;
      readonly status: 'rejected';
      readonly state: 'failed';
      readonly error: TaskError;
      readonly attempts: number;
      readonly cursor?: RowCursor | undefined;
    };

export interface JobEvents<Output = unknown> {
  progress: JobView;
  state: JobState;
  /** Every result, as it becomes final. */
  result: TaskResult<Output>;
  /** An execution failed, and the task is tried again. */
  retry: Extract<JobEvent, { kind: 'retry' }>;
  /** What tasks say through `ctx.log`, from now on. */
  log: Extract<JobEvent, { kind: 'log' }>;
  /** What tasks show through `ctx.preview`, small, of a job with `previews`; many are left out. */
  preview: Extract<JobEvent, { kind: 'preview' }>;
  /** A result that is not final yet. Some may be missed: final rows alone are complete. */
  provisional: ProvisionalResult;
  /** The provisional result of this task does not hold. */
  retract: { readonly index: number };
}

export interface ProvisionalResult {
  readonly index: number;
  readonly value: unknown;
  readonly state: 'provisional';
  readonly confidence: number;
}

export interface ResultsOptions {
  readonly ordered?: boolean | undefined;
  /** Results that are not final yet as well, of which some may be missed; not with `ordered`. */
  readonly provisional?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The `cursor` of the last result dealt with, perhaps by an earlier program. Not together with `ordered`. */
  readonly after?: RowCursor | undefined;
}

export interface ReduceOptions<A> {
  /**
   * `grid`: in groups, as a tree, without the values leaving it; `fn` must be associative, and `init` neutral. `client`
   * (unless another option says grid): one after the other, in order, here.
   */
  readonly on?: 'grid' | 'client' | undefined;
  /** Values of one task of the tree; 16 unless said. */
  readonly fanIn?: number | undefined;
  /** Says that `fn` may be applied to its own outputs, in groups. */
  readonly associative?: true | undefined;
  /** Two outputs to one, where `fn` takes an output and a value. */
  combine?(a: A, b: A): A;
  readonly name?: string | undefined;
  readonly quorum?: number | undefined;
  readonly trust?: Trust | undefined;
  readonly priority?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What every handle can do, whatever awaiting it gives. The job lives on the grid, not in the handle. */
export interface JobHandle<Output> {
  readonly id: JobId;
  /** The newest view; undefined before the first one arrived. */
  readonly view: JobView | undefined;
  /** Resolves once the grid has accepted the job; rejects with why it did not. */
  readonly submitted: Promise<void>;
  /** Resolves when the job has ended, with its last view. */
  ended(options?: { signal?: AbortSignal | undefined }): Promise<JobView>;
  /** Returns what stops listening. */
  on<Name extends keyof JobEvents>(
    name: Name,
    listener: (event: JobEvents<Output>[Name]) => void,
  ): () => void;
  pause(): Promise<void>;
  resume(): Promise<void>;
  cancel(reason?: string): Promise<void>;
  explain(): Promise<Explanation>;
  story(index: number): Promise<readonly StoryRow[]>;
  /** Why the result of a task is believed, or what is missing; undefined where the job has no such task. */
  belief(index: number): Promise<Belief | undefined>;
  /**
   * What it takes to run a task again; undefined where that is not kept any more: of a job that has ended, its list of
   * inputs, and in time its program.
   */
  taskBytes(index: number): Promise<TaskBytes | undefined>;
  logs(): Promise<readonly LogRow[]>;
  disagreements(): Promise<readonly Disagreement[]>;
  /**
   * Who had which tasks when, in the order of their ends, from `place` on: go on at `next` until `isLast`. The coordinator
   * keeps the newest of all jobs together, in memory.
   */
  attempts(place?: number): Promise<AttemptsPage>;
}

/** A job of which one value is wanted: awaiting it gives that, and rejects with the GridError that stands in its way. */
export interface Single<Output> extends PromiseLike<Output>, JobHandle<unknown> {}

/**
 * Awaiting it gives all values in order, and rejects with an AggregateError of TaskErrors if tasks failed, or with the
 * GridError that ended the job. An async function that returns a Job returns its values: pass its `id` on instead.
 */
export interface Job<Output>
  extends PromiseLike<Output[]>,
    AsyncIterable<Output>,
    JobHandle<Output> {
  /** Every result, as it becomes final, or (`ordered`) by index. Failures are rows, not exceptions. */
  results(options?: ResultsOptions): AsyncIterable<TaskResult<Output>>;
  /** The same as `results`, under the name that promises have for it. */
  settled(options?: ResultsOptions): AsyncIterable<TaskResult<Output>>;
  /** The values in order, as a stream that pulls; the first failed task is its error. */
  stream(options?: { signal?: AbortSignal | undefined }): ReadableStream<Output>;
  /** The next stage: a task for each value, fed as values become final, without them leaving the grid. */
  map<Next, Args = unknown>(
    task: Task<Output, Next, Args>,
    options?: StageOptions<Args>,
  ): Job<Next>;
  reduce(
    fn: (a: Output, b: Output) => Output,
    init?: Output,
    options?: ReduceOptions<Output>,
  ): Single<Output>;
  reduce<A>(
    fn: (a: A, value: Output) => A,
    init: A,
    options?: ReduceOptions<A> & ({ on?: 'client' } | { combine(a: A, b: A): A }),
  ): Single<A>;
  /** A job of the tasks that failed, by index, when this one has ended; its indexes are its own. */
  retryFailed(options?: { signal?: AbortSignal | undefined }): Promise<Job<Output>['id']>;
}

export type StageOptions<Args = unknown> = Omit<MapOptions<Args>, 'key' | 'memo'>;

export interface Estimate {
  /** Undefined for inputs that cannot be counted beforehand. */
  readonly tasks: number | undefined;
  readonly msPerTask: number;
  readonly bytesPerResult: number;
  /** For all tasks, each computed as often as the job's quorum asks. */
  readonly coreSeconds: number | undefined;
  /** With the workers that are here now. */
  readonly wallSeconds: number | undefined;
  /** What the pilot gave. */
  readonly pilot: readonly TaskResult<unknown>[];
}

/** The jobs of a graph by name; awaiting it gives what awaiting each of them gives. */
export interface Graph<Nodes extends Record<string, PromiseLike<unknown>>>
  extends PromiseLike<{ [Name in keyof Nodes]: Awaited<Nodes[Name]> }> {
  readonly jobs: Nodes;
  cancel(reason?: string): Promise<void>;
}

export interface GraphBuilder {
  map<Input, Output, Args = unknown>(
    name: string,
    inputs: InputSource<Input> | Job<Input>,
    task: Task<Input, Output, Args>,
    options?: StageOptions<Args>,
  ): Job<Output>;
  /** A module or script gets one list of them: for each job a list of its values. */
  submit<Output>(
    name: string,
    task: JsModule | PythonModule,
    nodes: readonly PromiseLike<unknown>[],
    options?: StageOptions,
  ): Single<Output>;
  /** One task over all values of the jobs before it, each a list (a single value of a Single). */
  submit<const Nodes extends readonly PromiseLike<unknown>[], Output>(
    name: string,
    task: (
      ...given: [...{ -readonly [I in keyof Nodes]: Awaited<Nodes[I]> }, TaskContext]
    ) => Output | Promise<Output>,
    nodes: Nodes,
    options?: StageOptions,
  ): Single<Output>;
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

export interface LocalOptions {
  /** Of this machine; as many as it has processors unless said. */
  readonly workers?: number | undefined;
  /** In a page: the address of `sandbox.html`; beside the grid's pages, at `/sandbox.html`, unless said. */
  readonly sandbox?: string | URL | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface GridApi {
  readonly files: GridFiles;
  map<Input, Output, Args = unknown>(
    inputs: InputSource<Input>,
    task: Task<Input, Output, Args>,
    options?: MapOptions<Args>,
  ): Job<Output>;
  /** One task, over these arguments: a function gets them one by one and `ctx` behind them. */
  submit<const Args extends readonly unknown[], Output>(
    task:
      | ((
          ...given: [...{ -readonly [I in keyof Args]: Args[I] }, TaskContext]
        ) => Output | Promise<Output>)
      | JsModule
      | WasmModule,
    args: Args,
    options?: StageOptions,
  ): Single<Output>;
  /** Small graphs: stages by name that read from each other. */
  graph<Nodes extends Record<string, PromiseLike<unknown>>>(
    build: (g: GraphBuilder) => Nodes,
  ): Graph<Nodes>;
  /** Runs three of the tasks and says from them what all would cost. */
  estimate<Input, Output, Args = unknown>(
    inputs: InputSource<Input>,
    task: Task<Input, Output, Args>,
    options?: MapOptions<Args>,
  ): Promise<Estimate>;
  /** A handle on a job that exists. */
  job<Output = unknown>(id: JobId): Job<Output>;
  /** All that it remembers. By a `feed` (any number), those that changed since the last call with it; all at first. */
  jobs(options?: { readonly feed?: number | undefined }): Promise<readonly JobView[]>;
  nodes(): Promise<readonly NodeView[]>;
  /** Volunteers that were found wrong too often, here or not. */
  quarantined(): Promise<readonly QuarantineView[]>;
  status(): Promise<StatusView>;
  /** `connected`, `reconnecting` (by itself), `closed`. */
  readonly state: 'connected' | 'reconnecting' | 'closed';
  on(name: 'state', listener: (state: GridApi['state']) => void): () => void;
  close(): Promise<void>;
}
