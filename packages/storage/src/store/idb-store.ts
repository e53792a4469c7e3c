import { GridError } from '@manytabs/protocol';
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';

export interface IdbSchema extends DBSchema {
  /** By partition and number. */
  records: { key: [string, number]; value: Uint8Array };
  entries: { key: string; value: { version: number; value: Uint8Array } };
  /** `epoch`: who reigns over the journal; `version`: of the last write of a key. */
  numbers: { key: 'epoch' | 'version'; value: number };
}

export type IdbStoreName = 'records' | 'entries' | 'numbers';
export type IdbWrite = IDBPTransaction<IdbSchema, IdbStoreName[], 'readwrite'>;

const SCHEMA_VERSION = 1;
const OPEN_MS = 5_000;

/** One IndexedDB database for a journal and a key-value space; every tab of the origin may have it open. */
export class IdbStore {
  readonly name: string;
  readonly db: IDBPDatabase<IdbSchema>;

  /** @throws {GridError} `storage-newer`, `storage-failed` where the browser keeps nothing for this page. */
  static async open(name: string): Promise<IdbStore> {
    return new IdbStore(name, await attempt(withinTime(openDatabase(name))));
  }

  private constructor(name: string, db: IDBPDatabase<IdbSchema>) {
    this.name = name;
    this.db = db;
  }

  /**
   * One transaction, on the disk when it resolves; nothing of it where `work` throws. `work` may wait for requests of
   * the transaction only.
   * @throws {GridError} `storage-full`, `storage-failed`, or what `work` throws
   */
  async commit<T>(stores: IdbStoreName[], work: (write: IdbWrite) => Promise<T>): Promise<T> {
    return await attempt(this.#commit(stores, work));
  }

  /** @throws {GridError} `storage-failed` */
  async read<T>(work: (db: IDBPDatabase<IdbSchema>) => Promise<T>): Promise<T> {
    return await attempt(work(this.db));
  }

  /** Twice does no harm. */
  close(): void {
    this.db.close();
  }

  async #commit<T>(stores: IdbStoreName[], work: (write: IdbWrite) => Promise<T>): Promise<T> {
    const write = this.db.transaction(stores, 'readwrite', { durability: 'strict' });
    try {
      const result = await work(write);
      await write.done;
      return result;
    } catch (thrown) {
      const aborted = write.done.catch((reason: unknown) => reason);
      abort(write);
      // A request that fails says only that all was undone; the transaction knows why.
      const reason = await aborted;
      throw isQuota(reason) ? reason : thrown;
    }
  }
}

function abort(write: IdbWrite): void {
  try {
    write.abort();
  } catch {
    // It has ended by itself.
  }
}

async function openDatabase(name: string): Promise<IDBPDatabase<IdbSchema>> {
  const db = await openDB<IdbSchema>(name, SCHEMA_VERSION, {
    upgrade: (fresh) => {
      fresh.createObjectStore('records');
      fresh.createObjectStore('entries');
      fresh.createObjectStore('numbers');
    },
    // A newer page wants to bring the data forward: this one must let go, and fails from here on.
    blocking: () => db.close(),
  });
  return db;
}

/** Some browsers neither open nor refuse where a page may keep nothing. */
function withinTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => new GridError('storage-failed', `IndexedDB did not open in ${OPEN_MS} ms.`);
    const timer = setTimeout(() => reject(late()), OPEN_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function attempt<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw storageError(cause);
  }
}

function storageError(cause: unknown): GridError {
  if (cause instanceof GridError) return cause;
  if (isQuota(cause)) {
    return new GridError('storage-full', 'The browser gives this page no more room.', { cause });
  }
  if (nameOf(cause) === 'VersionError') {
    return new GridError('storage-newer', 'A newer page wrote this data.', { cause });
  }
  return new GridError('storage-failed', `IndexedDB failed: ${String(cause)}.`, { cause });
}

function isQuota(cause: unknown): boolean {
  return nameOf(cause) === 'QuotaExceededError';
}

function nameOf(cause: unknown): string {
  return cause instanceof Error || cause instanceof DOMException ? cause.name : '';
}
