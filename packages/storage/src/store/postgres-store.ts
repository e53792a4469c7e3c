import { GridError } from '@manytabs/protocol';
import pg from 'pg';
import { databaseError } from './postgres-error.ts';
import { migratePostgres } from './postgres-schema.ts';

export interface PostgresStoreOptions {
  /** A query without an answer by then fails, and its connection is given up. Default: 15,000. */
  readonly answerMs?: number | undefined;
}

/** Asks inside a transaction, or on its own. `$1` is the first value. */
export type Ask = <T extends object>(text: string, ...values: unknown[]) => Promise<T[]>;

/** What journals, keys and shards need of a store. */
export type PostgresAccess = Pick<PostgresStore, 'query' | 'commit' | 'listen'>;

const CONNECTIONS_MAX = 4;
const CONNECT_MS = 5_000;
const ANSWER_MS = 15_000;
const LISTEN_AGAIN_MS = 200;
/** How often the connection that listens is asked whether it is there. */
const PROBE_MS = 10_000;
const CHANNEL = 'manytabs_key_value';

/**
 * Tables of a PostgreSQL database, all named `manytabs_…`, for journals and a key-value space of any number of servers.
 * A lost connection is made again by the next query; a query that was under way fails with `storage-failed`.
 */
export class PostgresStore {
  readonly #where: string;
  readonly #options: pg.ClientConfig;
  readonly #pool: pg.Pool;
  readonly #listeners = new Set<(payload: string | undefined) => void>();
  #listening: Promise<pg.Client> | undefined;
  #probe: NodeJS.Timeout | undefined;
  #isClosed = false;

  /**
   * Connects and brings the tables forward.
   * @throws {GridError} `input-invalid` (no address), `database-unreachable`, `database-refused`, `storage-newer`,
   * `storage-full`, `storage-failed`
   */
  static async open(address: string, options: PostgresStoreOptions = {}): Promise<PostgresStore> {
    const store = new PostgresStore(address, options);
    try {
      await store.#attempt(migratePostgres(store), { isOpening: true });
      return store;
    } catch (thrown) {
      await store.close();
      throw thrown;
    }
  }

  private constructor(address: string, { answerMs = ANSWER_MS }: PostgresStoreOptions) {
    this.#where = whereOf(address);
    this.#options = {
      connectionString: address,
      application_name: 'manytabs',
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: answerMs,
      keepAlive: true,
    };
    this.#pool = new pg.Pool({ ...this.#options, max: CONNECTIONS_MAX });
    // One that nobody uses was lost: the next query makes another.
    this.#pool.on('error', () => {});
  }

  /** @throws {GridError} `storage-failed` (retry it), `storage-full`, `database-refused` */
  readonly query: Ask = async <T extends object>(text: string, ...values: unknown[]) => {
    const { rows } = await this.#attempt(this.#pool.query<T>(statement(text, values)));
    return rows;
  };

  /**
   * One transaction: all of it or nothing; after `storage-failed` either.
   * @throws {GridError} as `query`, or what `work` throws
   */
  commit<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    return this.#attempt(this.#commit(work));
  }

  /**
   * What `read` asks through what it gets is all of one moment, whoever writes meanwhile.
   * @throws {GridError} as `query`, or what `read` throws
   */
  atOnce<T>(read: (then: PostgresAccess) => Promise<T>): Promise<T> {
    return this.commit(async (query) => {
      await query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
      return read({ query, commit: refuseWrite, listen: refuseWrite });
    });
  }

  /**
   * Tells what is notified from the time it resolves; `undefined` whenever some may have been missed.
   * @throws {GridError} as `query`
   */
  async listen(listener: (payload: string | undefined) => void): Promise<() => void> {
    this.#listening ??= this.#openListening();
    try {
      await this.#attempt(this.#listening);
    } catch (thrown) {
      this.#listening = undefined;
      throw thrown;
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Twice does no harm. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listeners.clear();
    clearInterval(this.#probe);
    const listening = await this.#listening?.catch(() => undefined);
    await Promise.all([listening?.end(), this.#pool.end()]);
  }

  async #commit<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    // What is under way on a connection fails with it; the connection itself has nobody to tell.
    const onError = () => {};
    client.on('error', onError);
    const ask: Ask = async (text, ...values) => (await client.query(statement(text, values))).rows;
    let isDone = false;
    try {
      await client.query('BEGIN');
      const result = await work(ask);
      await client.query('COMMIT');
      isDone = true;
      return result;
    } finally {
      client.off('error', onError);
      // A connection given up takes its transaction with it.
      client.release(!isDone);
    }
  }

  async #openListening(): Promise<pg.Client> {
    const client = new pg.Client(this.#options);
    client.on('error', () => {});
    client.on('notification', ({ payload }) => this.#tell(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (thrown) {
      await client.end().catch(() => {});
      throw thrown;
    }
    client.once('end', () => void this.#listenAgain());
    this.#probeOften(client);
    return client;
  }

  /** A network that loses everything closes nothing: only a question without an answer tells. */
  #probeOften(client: pg.Client): void {
    clearInterval(this.#probe);
    const probe = () => client.query('SELECT').catch(() => client.end());
    this.#probe = setInterval(() => void probe(), PROBE_MS).unref();
  }

  async #listenAgain(): Promise<void> {
    while (!this.#isClosed) {
      this.#listening = this.#openListening();
      const isBack = await this.#listening.then(
        () => true,
        () => false,
      );
      if (isBack) return this.#tell(undefined);
      await new Promise((resolve) => setTimeout(resolve, LISTEN_AGAIN_MS).unref());
    }
  }

  #tell(payload: string | undefined): void {
    for (const listener of this.#listeners) listener(payload);
  }

  async #attempt<T>(work: Promise<T>, { isOpening = false } = {}): Promise<T> {
    try {
      return await work;
    } catch (cause) {
      throw databaseError(cause, this.#where, { isOpening });
    }
  }
}

function refuseWrite(): Promise<never> {
  return Promise.reject(new GridError('internal', 'A moment that is past is only read.'));
}

const names = new Map<string, string>();

/** Under a name the server keeps how it runs it. Texts are constants of this program, so they are few. */
function statement(text: string, values: unknown[]): pg.QueryConfig {
  if (values.length === 0) return { text };
  const name = names.get(text) ?? `manytabs_${names.size}`;
  names.set(text, name);
  return { name, text, values };
}

/** Without the password. */
function whereOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'postgres:' && url?.protocol !== 'postgresql:') {
    const form = 'postgres://user:password@host:5432/database';
    throw new GridError('input-invalid', `The address of a database looks like ${form}.`);
  }
  return `The database ${url.pathname.slice(1)} at ${url.host}`;
}
