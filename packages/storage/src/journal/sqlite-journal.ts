import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Appended, GridError, type Journal } from '@manytabs/protocol';
import Database from 'libsql';
import { epochStale } from './memory-journal.ts';

const SCHEMA_VERSION = 1;
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS record (
    partition TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (partition, number)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS reign (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL);
  INSERT OR IGNORE INTO reign VALUES (1, 0);
`;

type Statement = ReturnType<Database.Database['prepare']>;

/**
 * A journal in one SQLite file, written ahead and synchronised at each commit. A second process may open it; the epoch,
 * which is read inside each transaction, decides which of them may write.
 */
export class SqliteJournal implements Journal {
  readonly #db: Database.Database;
  readonly #insert: Statement;
  readonly #select: Statement;
  readonly #count: Statement;
  readonly #counts = new Map<string, number>();
  readonly #reign: Statement;

  /** @throws {GridError} `storage-newer`, `storage-failed` (not a database, or open elsewhere) */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#db = openDatabase(path);
    this.#insert = this.#db.prepare('INSERT INTO record VALUES (?, ?, ?)');
    this.#select = this.#db.prepare(
      'SELECT bytes FROM record WHERE partition = ? AND number >= ? ORDER BY number',
    );
    this.#count = this.#db.prepare(
      'SELECT coalesce(max(number) + 1, 0) AS count FROM record WHERE partition = ?',
    );
    this.#reign = this.#db.prepare('SELECT epoch FROM reign');
  }

  async append(epoch: number, appended: readonly Appended[]): Promise<void> {
    this.#commit(epoch, () => {
      for (const { partition, records } of appended) this.#push(partition, records);
    });
  }

  async read(partition: string, from: number, bytesMax: number): Promise<readonly Uint8Array[]> {
    const records: Uint8Array[] = [];
    let size = 0;
    for (const row of this.#select.iterate([partition, from])) {
      const record = new Uint8Array((row as { bytes: ArrayBuffer }).bytes);
      size += record.length;
      if (size > bytesMax && records.length > 0) break;
      records.push(record);
    }
    return records;
  }

  async count(partition: string): Promise<number> {
    return this.#countOf(partition);
  }

  async partitions(prefix: string): Promise<readonly string[]> {
    const rows = this.#db
      .prepare(
        'SELECT DISTINCT partition FROM record WHERE partition >= ? AND partition < ? ORDER BY 1',
      )
      .all(prefix, `${prefix}\u{10ffff}`) as { partition: string }[];
    return rows.map(({ partition }) => partition);
  }

  async replace(epoch: number, partition: string, records: readonly Uint8Array[]): Promise<void> {
    this.#commit(epoch, () => {
      this.#db.prepare('DELETE FROM record WHERE partition = ?').run(partition);
      this.#counts.set(partition, 0);
      this.#push(partition, records);
    });
  }

  async claim(epoch: number): Promise<void> {
    this.#commit(epoch, () => {});
  }

  async epoch(): Promise<number> {
    return this.#epoch();
  }

  async close(): Promise<void> {
    if (this.#db.open) this.#db.close();
  }

  #push(partition: string, records: readonly Uint8Array[]): void {
    let number = this.#countOf(partition);
    for (const record of records) this.#insert.run([partition, number++, record]);
    this.#counts.set(partition, number);
  }

  #countOf(partition: string): number {
    const known = this.#counts.get(partition);
    if (known !== undefined) return known;
    return (this.#count.get(partition) as { count: number }).count;
  }

  /** One transaction; whatever fails leaves the file and the counts as they were. */
  #commit(epoch: number, write: () => void): void {
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      const reigning = this.#epoch();
      if (epoch < reigning) throw epochStale(epoch, reigning);
      if (epoch > reigning) this.#db.prepare('UPDATE reign SET epoch = ?').run(epoch);
      write();
      this.#db.exec('COMMIT');
    } catch (cause) {
      this.#counts.clear();
      this.#rollBack();
      throw storageError(cause);
    }
  }

  #epoch(): number {
    return (this.#reign.get([]) as { epoch: number }).epoch;
  }

  #rollBack(): void {
    try {
      this.#db.exec('ROLLBACK');
    } catch {
      // The transaction had not begun, or SQLite has ended it itself.
    }
  }
}

function openDatabase(path: string): Database.Database {
  try {
    const db = new Database(path);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    migrate(db, path);
    return db;
  } catch (cause) {
    throw storageError(cause, ` (${path})`);
  }
}

function migrate(db: Database.Database, path: string): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as {
    user_version: number;
  };
  if (version > SCHEMA_VERSION) {
    throw new GridError(
      'storage-newer',
      `${path} has schema ${version}; this knows ${SCHEMA_VERSION}.`,
    );
  }
  db.exec(`BEGIN IMMEDIATE; ${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
}

function storageError(cause: unknown, where = ''): GridError {
  if (cause instanceof GridError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const code =
    (cause as { code?: string }).code === 'SQLITE_FULL' ? 'storage-full' : 'storage-failed';
  return new GridError(code, `The journal could not be written or read: ${message}${where}.`, {
    cause,
  });
}
