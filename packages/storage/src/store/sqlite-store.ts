import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ErrorCode, GridError } from '@manytabs/protocol';
import Database from 'libsql';
import { LateSync } from './late-sync.ts';

export type Statement = ReturnType<Database.Database['prepare']>;

/** One step a version; a file of an older one takes the steps it misses. */
const MIGRATIONS = [
  `CREATE TABLE record (
     partition TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (partition, number)
   ) WITHOUT ROWID;
   CREATE TABLE reign (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL);
   INSERT INTO reign VALUES (1, 0);`,
  `CREATE TABLE entry (
     key TEXT PRIMARY KEY, version INTEGER NOT NULL, value BLOB NOT NULL
   ) WITHOUT ROWID;
   CREATE TABLE clock (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL);
   INSERT INTO clock VALUES (1, 0);`,
  'ALTER TABLE record ADD COLUMN sum INTEGER;',
  'CREATE TABLE blob (shard TEXT PRIMARY KEY, size INTEGER NOT NULL, bytes BLOB NOT NULL);',
];

export interface SqliteStoreOptions {
  /** Over this, writes are refused with `storage-full`. Default: the disk decides. */
  readonly bytesMax?: number | undefined;
  /**
   * How much a machine that loses power may forget, in ms: the newest commits, never one without those before it.
   * 0 waits for the disk at each commit. A process that is killed forgets nothing either way. Default: 100.
   */
  readonly lossMsMax?: number | undefined;
}

const LOSS_MS_DEFAULT = 100;

/**
 * One SQLite file, written ahead, for a journal and a key-value space. A commit is with the operating system when it
 * returns and on the disk soon after, as a disk takes longer than everything else that a task waits for. A second
 * process may open it too: each transaction sees what the others have committed.
 */
export class SqliteStore {
  readonly path: string;
  readonly #db: Database.Database;
  readonly #late: LateSync | undefined;
  readonly #prepared = new Map<string, Statement>();
  #isClosed = false;

  /** @throws {GridError} `storage-newer`, `storage-corrupt`, `storage-failed` (not a database, or no right to it) */
  constructor(path: string, options: SqliteStoreOptions = {}) {
    const { bytesMax, lossMsMax = LOSS_MS_DEFAULT } = options;
    this.path = path;
    this.#db = openDatabase(path, lossMsMax);
    if (lossMsMax > 0) this.#late = this.#attempt(() => new LateSync(`${path}-wal`, lossMsMax));
    if (bytesMax !== undefined) this.#limit(bytesMax);
  }

  /** @throws {GridError} `storage-failed` */
  query<T>(sql: string, ...values: unknown[]): T[] {
    return this.#attempt(() => this.statement(sql).all(values) as T[]);
  }

  /** Rows as they are asked for. @throws {GridError} `storage-failed` */
  *each<T>(sql: string, ...values: unknown[]): Generator<T> {
    const rows = this.#attempt(() => this.statement(sql).iterate(values));
    yield* rows as Iterable<T>;
  }

  /** A statement, prepared once. */
  statement(sql: string): Statement {
    const known = this.#prepared.get(sql);
    if (known) return known;
    if (this.#isClosed) throw new GridError('storage-failed', `${this.path} was closed.`);
    const fresh = this.#db.prepare(sql);
    this.#prepared.set(sql, fresh);
    return fresh;
  }

  /**
   * One transaction: durable when it returns (see `lossMsMax`), and nothing of it where it throws.
   * @throws {GridError} `storage-full`, `storage-failed`, or what `write` throws
   */
  commit<T>(write: () => T): T {
    return this.#attempt(() => {
      this.#late?.check();
      this.statement('BEGIN IMMEDIATE').run([]);
      try {
        const result = write();
        this.statement('COMMIT').run([]);
        this.#late?.written();
        return result;
      } catch (thrown) {
        this.#rollBack();
        throw thrown;
      }
    });
  }

  /**
   * Reads through the file for damage: a torn page answers later questions with less than was written. A file over
   * `bytesMax` is left to the reading itself.
   * @throws {GridError} `storage-corrupt`
   */
  verify(bytesMax: number): void {
    if (statSync(this.path).size > bytesMax) return;
    const [found] = this.query<{ quick_check: string }>('PRAGMA quick_check(1)');
    if (found?.quick_check === 'ok') return;
    const where = found?.quick_check.split('\n').at(-1) ?? '';
    throw new GridError('storage-corrupt', `${this.path} is damaged: ${where}.`);
  }

  /**
   * Everything that `read` asks is of one moment, whoever writes meanwhile. Nobody may write through this store until then.
   * @throws {GridError} `storage-failed`, or what `read` throws
   */
  async atOnce<T>(read: () => Promise<T>): Promise<T> {
    this.query('SELECT 1');
    this.#attempt(() => this.#db.exec('BEGIN'));
    try {
      return await read();
    } finally {
      this.#rollBack();
    }
  }

  /** Resolves once everything committed so far would outlive a loss of power. @throws {GridError} `storage-failed` */
  async settle(): Promise<void> {
    try {
      await this.#late?.now();
    } catch (cause) {
      throw storageError(cause, this.path);
    }
  }

  /** Twice does no harm. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#prepared.clear();
    this.#late?.close();
    this.#emptyLog();
    this.#db.close();
  }

  /** One file is left, which may be copied. */
  #emptyLog(): void {
    try {
      this.#db.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Somebody else reads, or the disk is full: the log is as good as the file.
    }
  }

  #limit(bytesMax: number): void {
    const [row] = this.query<{ page_size: number }>('PRAGMA page_size');
    const pages = Math.max(1, Math.floor(bytesMax / (row?.page_size ?? 4096)));
    this.#db.exec(`PRAGMA max_page_count = ${pages}`);
  }

  #rollBack(): void {
    try {
      this.statement('ROLLBACK').run([]);
    } catch {
      // SQLite has ended the transaction itself.
    }
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw storageError(cause, this.path);
    }
  }
}

function openDatabase(path: string, lossMsMax: number): Database.Database {
  let db: Database.Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    db = new Database(path);
    const synchronous = lossMsMax > 0 ? 'NORMAL' : 'FULL';
    db.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA busy_timeout = 5000;`,
    );
    migrate(db, path);
    return db;
  } catch (cause) {
    db?.close();
    throw storageError(cause, path);
  }
}

function migrate(db: Database.Database, path: string): void {
  db.exec('BEGIN IMMEDIATE');
  const row = db.prepare('PRAGMA user_version').get() as { user_version: number };
  const version = row.user_version;
  if (version > MIGRATIONS.length) {
    const known = `this program knows ${MIGRATIONS.length}`;
    throw new GridError('storage-newer', `${path} has schema ${version}; ${known}.`);
  }
  for (const step of MIGRATIONS.slice(version)) db.exec(step);
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length}; COMMIT;`);
}

const KINDS: Readonly<Record<string, ErrorCode>> = {
  SQLITE_FULL: 'storage-full',
  SQLITE_CORRUPT: 'storage-corrupt',
};

function storageError(cause: unknown, path: string): GridError {
  if (cause instanceof GridError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const kind = KINDS[String((cause as { code?: unknown }).code)] ?? 'storage-failed';
  return new GridError(kind, describe(kind, path, message), { cause });
}

function describe(kind: ErrorCode, path: string, message: string): string {
  if (kind === 'storage-full') return `There is no room for ${path}.`;
  if (kind === 'storage-corrupt') return `${path} is damaged: ${message}.`;
  return `${path} could not be written or read: ${message}.`;
}
