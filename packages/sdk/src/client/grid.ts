import {
  GridError,
  type JobId,
  type JobSpec,
  type JobView,
  jobId,
  jobIdSchema,
  type NodeView,
  type QuarantineView,
  type Source,
  type StatusView,
  type SubmitterMessage,
  type Transport,
  toGridError,
  type VolunteerId,
} from '@manytabs/protocol';
import type { AuditEntry } from '../access/audit-log.ts';
import { randomBytes } from '../identity/crypto.ts';
import { Alternatives } from '../link/alternatives.ts';
import type { ShardBytes } from '../shard-bytes.ts';
import { auditOver, tokensOver } from './access.ts';
import { allPages } from './all-pages.ts';
import type {
  ConnectOptions,
  Estimate,
  Graph,
  GraphBuilder,
  GridApi,
  InputSource,
  Job,
  JsModule,
  LocalOptions,
  MapOptions,
  Single,
  StageOptions,
  Task,
  TaskContext,
  TokensApi,
  WasmModule,
} from './api.ts';
import { Connection, type ConnectionState } from './connection.ts';
import { estimate } from './estimate.ts';
import type { GridFiles } from './files/api.ts';
import { ConnectedFiles } from './files/grid-files.ts';
import { buildGraph } from './graph.ts';
import { GridJob, type GridJobOptions } from './grid-job.ts';
import { isRange } from './inputs.ts';
import { KeyedInputs, keyedJobId } from './keyed-inputs.ts';
import { Memo } from './memo.ts';
import { preparedFor } from './prepared-inputs.ts';
import { describe } from './program.ts';
import { relayTransport } from './relay.ts';
import type { GridSpace } from './space/api.ts';
import { SpaceClient } from './space/space-client.ts';
import { type StageGrid, Stages } from './stages.ts';
import { submit } from './submission.ts';

type ListQuery = Omit<Extract<SubmitterMessage, { type: 'query' }>, 'type' | 'request'>;

/** A grid as its submitters see it. */
export class Grid implements GridApi {
  readonly files: GridFiles;
  readonly #connection: Connection;
  readonly #jobs = new Map<JobId, GridJob<unknown>>();
  readonly #stageGrid: StageGrid = {
    derive: (source, task, options, after) => this.#derive(source, task, options, after),
    map: (inputs, task, options) => this.map(inputs, task, options),
    specOf: (jobId) =>
      this.#connection.request({ type: 'query', what: 'spec', jobId }) as Promise<JobSpec>,
    submitSpec: (spec, signal) => this.#submitSpec(spec, signal),
  };
  readonly #stages = new Stages(this.#stageGrid);
  #space: SpaceClient | undefined;

  #onClose: () => Promise<void> = () => Promise.resolve();

  private constructor(connection: Connection) {
    this.#connection = connection;
    this.files = new ConnectedFiles(connection);
  }

  /**
   * @param url the grid's address, for example `http://127.0.0.1:4600`
   * @throws {GridError} `unreachable`, `token-missing`, `token-refused`, `version-mismatch`, `aborted`
   */
  static async connect(url: string | URL, options: ConnectOptions = {}): Promise<Grid> {
    const transport = await relayTransport(url);
    return Grid.#attach(
      [transport],
      options,
      new Alternatives(url, (other) => relayTransport(other)),
    );
  }

  /**
   * A grid without a server: the same meaning, computed by this machine's workers, and gone with this program. In a page
   * tasks run in the sandbox; in Node in threads, whose isolation is for code that you trust (docs/spec/runtime.md).
   * @throws {GridError} `sandbox-refused`, `aborted`
   */
  static async local(options: LocalOptions = {}): Promise<Grid> {
    options.signal?.throwIfAborted();
    const { openLocalGrid } = await import('../local/local-grid.ts');
    const local = await openLocalGrid(options);
    const { token } = local;
    const grid = await Grid.over([local.transport], { token, agent: 'local' });
    grid.#onClose = () => local.close();
    return grid;
  }

  /** Over any road to a coordinator, for example the memory of the tab that hosts it. */
  static over(transports: readonly Transport[], options: ConnectOptions = {}): Promise<Grid> {
    return Grid.#attach(transports, options);
  }

  static async #attach(
    transports: readonly Transport[],
    options: ConnectOptions,
    alternatives?: Alternatives,
  ): Promise<Grid> {
    const { token = '', agent = 'manytabs', signal } = options;
    const connection = new Connection(transports, { token, agent, alternatives });
    const abort = () => connection.close();
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    await connection.opened();
    signal?.removeEventListener('abort', abort);
    return new Grid(connection);
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  on(_name: 'state', listener: (state: ConnectionState) => void): () => void {
    return this.#connection.onState(listener);
  }

  /**
   * Runs the task once for every input. Synchronous: what is wrong with the task itself is thrown here, before
   * anything is sent; the rest rejects `job.submitted` and the job's results.
   * @throws {GridError} `free-variable`, `syntax-error`, `export-missing`, `module-unresolved`, `spec-invalid`,
   *   `output-not-cloneable`, `infeasible`
   */
  map<Input, Output, Args = unknown>(
    inputs: InputSource<Input>,
    task: Task<Input, Output, Args>,
    options: MapOptions<Args> = {},
  ): Job<Output> {
    const shards: ShardBytes = new Map();
    const { key, signal, buffer } = options;
    const range =
      typeof key !== 'function' && isRange(inputs) && !('prepare' in task) ? inputs : undefined;
    const spec = describe(range, task, options, shards);
    const memo = options.memo === true ? new Memo(this.space, spec) : undefined;
    const keyed =
      typeof key === 'function'
        ? new KeyedInputs(inputs, key as (input: Input) => string, memo)
        : undefined;
    const given = preparedFor(task, keyed?.distinct() ?? inputs);
    const id =
      typeof key === 'string'
        ? keyedJobId(this.#connection.secret, key, spec)
        : jobId(randomBytes(16));
    const connection = this.#connection;
    const start = async () => {
      const submission = { connection, jobId: id, spec, shards, inputs: given, signal, buffer };
      const { fed } = await submit(submission);
      fed.catch((thrown) => void cancelUnfed(connection, id, thrown));
    };
    return this.#open<Output>(id, {
      start,
      signal,
      ...(keyed ? { spread: (rows) => keyed.spread(rows) } : {}),
    });
  }

  submit<const Args extends readonly unknown[], Output>(
    task:
      | ((
          ...given: [...{ -readonly [I in keyof Args]: Args[I] }, TaskContext]
        ) => Output | Promise<Output>)
      | JsModule
      | WasmModule,
    args: Args,
    options: StageOptions = {},
  ): Single<Output> {
    return this.#stages.one<Output>(task as Task<never, Output>, args, options);
  }

  graph<Nodes extends Record<string, PromiseLike<unknown>>>(
    build: (g: GraphBuilder) => Nodes,
  ): Graph<Nodes> {
    return buildGraph(this.#stageGrid, this.#stages, build);
  }

  estimate<Input, Output, Args = unknown>(
    inputs: InputSource<Input>,
    task: Task<Input, Output, Args>,
    options: MapOptions<Args> = {},
  ): Promise<Estimate> {
    return estimate(this, inputs, task, options);
  }

  job<Output = unknown>(id: JobId): Job<Output> {
    if (!jobIdSchema.safeParse(id).success)
      throw new GridError('job-unknown', `No job is called ${id}.`);
    const job = this.#jobs.get(id);
    return (job as GridJob<Output> | undefined) ?? this.#open<Output>(id, {});
  }

  #open<Output>(id: JobId, options: Omit<GridJobOptions<Output>, 'stages'>): GridJob<Output> {
    const job = new GridJob<Output>(this.#connection, id, { ...options, stages: this.#stages });
    this.#jobs.set(id, job as GridJob<unknown>);
    return job;
  }

  #derive<Output, Args>(
    source: Source,
    task: Task<never, Output, Args>,
    options: StageOptions<Args>,
    after: readonly Promise<void>[],
  ): Job<Output> {
    const shards: ShardBytes = new Map();
    const spec = { ...describe(undefined, task, options, shards), source };
    const id = jobId(randomBytes(16));
    const connection = this.#connection;
    const start = async () => {
      await Promise.all(after);
      await submit({ connection, jobId: id, spec, shards, inputs: [] });
    };
    return this.#open<Output>(id, { start, signal: options.signal });
  }

  async #submitSpec(spec: JobSpec, signal: AbortSignal | undefined): Promise<JobId> {
    const id = jobId(randomBytes(16));
    const connection = this.#connection;
    const start = async () => {
      await submit({ connection, jobId: id, spec, shards: new Map(), inputs: [] });
    };
    await this.#open(id, { start, signal }).submitted;
    return id;
  }

  async jobs({ feed }: { readonly feed?: number | undefined } = {}): Promise<readonly JobView[]> {
    const all = await this.#list<JobView>({ what: 'jobs', feed }, ({ jobId }) => jobId);
    return all.sort((a, b) => a.submittedAt - b.submittedAt);
  }

  quarantined(): Promise<readonly QuarantineView[]> {
    return this.#list<QuarantineView>({ what: 'quarantined' }, ({ volunteer }) => volunteer);
  }

  nodes(): Promise<readonly NodeView[]> {
    return this.#list<NodeView>({ what: 'nodes' }, ({ volunteer }) => volunteer);
  }

  async status(): Promise<StatusView> {
    return (await this.#connection.request({ type: 'query', what: 'status' })) as StatusView;
  }

  get tokens(): TokensApi {
    return tokensOver(this.#connection);
  }

  /** What was done to the grid, oldest first, for its owner. */
  audit(): AsyncIterable<AuditEntry> {
    return auditOver(this.#connection);
  }

  /** Values, locks, barriers and counters shared by all submitters of this token's owner. */
  get space(): GridSpace {
    this.#space ??= new SpaceClient(this.#connection);
    return this.#space;
  }

  /** Jobs go on without this handle; on a local grid they end with it. */
  async close(): Promise<void> {
    this.#connection.close();
    await this.#onClose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #list<Row>(query: ListQuery, idOf: (row: Row) => JobId | VolunteerId): Promise<Row[]> {
    const ask = (after: string | undefined) =>
      this.#connection.request({ type: 'query', ...query, after: after as ListQuery['after'] });
    return allPages<Row>(ask, idOf);
  }
}

/** The source of inputs threw: the job cannot become whole, so it ends, and says why. */
async function cancelUnfed(connection: Connection, id: JobId, thrown: unknown): Promise<void> {
  const { code, message } = toGridError(thrown, 'input-invalid');
  const reason = `${code}: inputs ended early: ${message}`;
  const cancel = { type: 'control-job', jobId: id, action: 'cancel' } as const;
  await connection.request({ ...cancel, reason: reason.slice(0, 200) }).catch(() => {});
}
