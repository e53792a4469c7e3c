import { GridError } from '@manytabs/protocol';
import Database from 'libsql';

/** A lock on a file, held by this process until it is released or the process is gone: SQLite's, as Node has none. */
export class FileLock {
  readonly #db: Database.Database;
  #isHeld = true;

  private constructor(db: Database.Database) {
    this.#db = db;
  }

  /** Undefined where somebody else holds it. @throws {GridError} `storage-failed` */
  static take(path: string): FileLock | undefined {
    let db: Database.Database | undefined;
    try {
      db = new Database(path);
      db.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
      return new FileLock(db);
    } catch (cause) {
      db?.close();
      const { code, message } = cause as { code?: unknown; message: string };
      if (code === 'SQLITE_BUSY') return undefined;
      throw new GridError('storage-failed', `${path} cannot be locked: ${message}.`, { cause });
    }
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Twice does no harm. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#db.close();
  }
}
