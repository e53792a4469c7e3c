import { type Blobs, GridError, type ShardId } from '@manytabs/protocol';
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { verifyShard } from './digest.ts';

interface Schema extends DBSchema {
  shards: { key: string; value: Uint8Array };
  /** Of each shard, so that listing loads no shard. */
  sizes: { key: string; value: number };
}

interface Put {
  readonly shard: ShardId;
  readonly bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (reason: GridError) => void;
}

/** Shards of one transaction: one shard each is a third as fast. */
const PUTS_MAX = 32;
const OPEN_MS = 5_000;

/** Shards in IndexedDB. A tab's storage is a cache: the browser may take all of it away between visits. */
export class IdbBlobs implements Blobs {
  readonly #db: IDBPDatabase<Schema>;
  #waiting: Put[] = [];
  #isWriting = false;

  /** @throws {GridError} `storage-failed` where the browser keeps nothing for this page. */
  static async open(name: string): Promise<IdbBlobs> {
    return new IdbBlobs(await attempt(withinTime(openDatabase(name))));
  }

  private constructor(db: IDBPDatabase<Schema>) {
    this.#db = db;
  }

  async put(shard: ShardId, bytes: Uint8Array): Promise<void> {
    // A copy of its own length: structured cloning would store all of the buffer that a view looks into.
    const copy = new Uint8Array(bytes);
    await verifyShard(shard, copy);
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ shard, bytes: copy, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  async get(shard: ShardId): Promise<Uint8Array | undefined> {
    const bytes = await attempt(this.#db.get('shards', shard));
    if (!bytes) return undefined;
    try {
      await verifyShard(shard, bytes);
      return bytes;
    } catch {
      await this.delete(shard);
      return undefined;
    }
  }

  async has(shard: ShardId): Promise<boolean> {
    return (await attempt(this.#db.getKey('shards', shard))) !== undefined;
  }

  async delete(shard: ShardId): Promise<void> {
    await attempt(this.#write((shards, sizes) => [shards.delete(shard), sizes.delete(shard)]));
  }

  list(): Promise<readonly { readonly shard: ShardId; readonly bytes: number }[]> {
    return attempt(this.#rows());
  }

  async size(): Promise<number> {
    const sizes = await attempt(this.#db.getAll('sizes'));
    return sizes.reduce((total, bytes) => total + bytes, 0);
  }

  close(): Promise<void> {
    this.#db.close();
    return Promise.resolve();
  }

  async #rows(): Promise<{ shard: ShardId; bytes: number }[]> {
    const { store } = this.#db.transaction('sizes');
    const [keys, sizes] = await Promise.all([store.getAllKeys(), store.getAll()]);
    return keys.map((key, i) => ({ shard: key as ShardId, bytes: sizes[i] ?? 0 }));
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    // Whoever puts in the same turn, or while a transaction runs, shares the next one.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#writeBatch(this.#waiting.splice(0, PUTS_MAX));
    this.#isWriting = false;
  }

  async #writeBatch(puts: readonly Put[]): Promise<void> {
    try {
      await this.#write((shards, sizes) =>
        puts.flatMap(({ shard, bytes }) => [
          shards.put(bytes, shard),
          sizes.put(bytes.length, shard),
        ]),
      );
      for (const { resolve } of puts) resolve();
    } catch (thrown) {
      await this.#refused(puts, storageError(thrown));
    }
  }

  /** A transaction fails as one; some of its shards may still fit. */
  async #refused(puts: readonly Put[], reason: GridError): Promise<void> {
    if (puts.length === 1) puts[0]?.reject(reason);
    else for (const put of puts) await this.#writeBatch([put]);
  }

  async #write(
    work: (
      shards: {
        put(v: Uint8Array, key: string): Promise<unknown>;
        delete(key: string): Promise<void>;
      },
      sizes: { put(v: number, key: string): Promise<unknown>; delete(key: string): Promise<void> },
    ) => Promise<unknown>[],
  ): Promise<void> {
    const options = { durability: 'relaxed' } as const;
    const transaction = this.#db.transaction(['shards', 'sizes'], 'readwrite', options);
    const requests = work(transaction.objectStore('shards'), transaction.objectStore('sizes'));
    await Promise.all([...requests, transaction.done]);
  }
}

/** Async, because an origin that may store nothing throws at once. */
async function openDatabase(name: string): Promise<IDBPDatabase<Schema>> {
  return await openDB<Schema>(name, 1, {
    upgrade: (db) => {
      db.createObjectStore('shards');
      db.createObjectStore('sizes');
    },
  });
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
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : '';
  if (name === 'QuotaExceededError') {
    return new GridError('storage-full', 'The browser gives this page no more room.', { cause });
  }
  return new GridError('storage-failed', `IndexedDB failed: ${String(cause)}.`, { cause });
}
