import {
  GridError,
  type JobId,
  type JobView,
  jobId,
  jobIdSchema,
  type NodeView,
  type StatusView,
  type Transport,
} from '@manytabs/protocol';
import type { AuditEntry } from '../access/audit-log.ts';
import { randomBytes } from '../identity/crypto.ts';
import { auditOver, tokensOver } from './access.ts';
import type {
  ConnectOptions,
  GridApi,
  InputSource,
  Job,
  MapOptions,
  Task,
  TokensApi,
} from './api.ts';
import { Connection, type ConnectionState } from './connection.ts';
import { GridJob } from './grid-job.ts';
import { isRange } from './inputs.ts';
import { describe, type ShardBytes } from './program.ts';
import { relayTransport } from './relay.ts';
import { submit } from './submission.ts';

/** A grid as its submitters see it. */
export class Grid implements GridApi {
  readonly #connection: Connection;
  readonly #jobs = new Map<JobId, GridJob<unknown>>();

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * @param url the grid's address, for example `http://127.0.0.1:4600`
   * @throws {GridError} `unreachable`, `token-missing`, `token-refused`, `version-mismatch`, `aborted`
   */
  static async connect(url: string | URL, options: ConnectOptions = {}): Promise<Grid> {
    return Grid.over([await relayTransport(url)], options);
  }

  /** Over any road to a coordinator, for example the memory of the tab that hosts it. */
  static async over(transports: readonly Transport[], options: ConnectOptions = {}): Promise<Grid> {
    const { token = '', agent = 'manytabs', signal } = options;
    const connection = new Connection(transports, { token, agent });
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
   *   `output-not-cloneable`
   */
  map<Input, Output, Args = unknown>(
    inputs: InputSource<Input>,
    task: Task<Input, Output, Args>,
    options: MapOptions<Args> = {},
  ): Job<Output> {
    const shards: ShardBytes = new Map();
    const range = isRange(inputs) ? inputs : undefined;
    const spec = describe(range, task, options, shards);
    const id = jobId(randomBytes(16));
    const connection = this.#connection;
    const start = async () => {
      const { fed } = await submit({ connection, jobId: id, spec, shards, inputs });
      fed.catch((thrown) => void cancelUnfed(connection, id, thrown));
    };
    const job = new GridJob<Output>(connection, id, { start, signal: options.signal });
    this.#jobs.set(id, job);
    return job;
  }

  job<Output = unknown>(id: JobId): Job<Output> {
    if (!jobIdSchema.safeParse(id).success)
      throw new GridError('job-unknown', `No job is called ${id}.`);
    const job = this.#jobs.get(id) ?? new GridJob<unknown>(this.#connection, id);
    this.#jobs.set(id, job);
    return job as GridJob<Output>;
  }

  async jobs(): Promise<readonly JobView[]> {
    return (await this.#ask('jobs')) as readonly JobView[];
  }

  async nodes(): Promise<readonly NodeView[]> {
    return (await this.#ask('nodes')) as readonly NodeView[];
  }

  async status(): Promise<StatusView> {
    return (await this.#ask('status')) as StatusView;
  }

  get tokens(): TokensApi {
    return tokensOver(this.#connection);
  }

  /** What was done to the grid, oldest first, for its owner. */
  audit(): AsyncIterable<AuditEntry> {
    return auditOver(this.#connection);
  }

  /** Jobs go on without this handle. */
  close(): Promise<void> {
    this.#connection.close();
    return Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #ask(what: 'jobs' | 'nodes' | 'status'): Promise<unknown> {
    return this.#connection.request({ type: 'query', what });
  }
}

/** The source of inputs threw: the job cannot become whole, so it ends, and says why. */
async function cancelUnfed(connection: Connection, id: JobId, thrown: unknown): Promise<void> {
  const reason = `inputs ended early: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  const cancel = { type: 'control-job', jobId: id, action: 'cancel' } as const;
  await connection.request({ ...cancel, reason: reason.slice(0, 200) }).catch(() => {});
}
