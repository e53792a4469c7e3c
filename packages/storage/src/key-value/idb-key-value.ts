import type { Change, Entry, KeyValue, Versioned } from '@manytabs/protocol';
import type { IdbStore, IdbWrite } from '../store/idb-store.ts';
import {
  checkKey,
  checkPrefix,
  checkVersion,
  checkWrite,
  type ListOptions,
  pageOf,
  versionConflict,
} from './bounds.ts';
import { type ChangeListener, Watchers } from './watchers.ts';

/** Keys and values in IndexedDB. Watchers are told of what every tab of the origin writes. */
export class IdbKeyValue implements KeyValue {
  readonly #store: IdbStore;
  readonly #watchers = new Watchers();
  readonly #channel: BroadcastChannel;

  constructor(store: IdbStore) {
    this.#store = store;
    this.#channel = new BroadcastChannel(`manytabs-key-value-${store.name}`);
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (isChange(data)) this.#watchers.tell({ key: data.key, version: data.version });
    };
    this.#channel.onmessageerror = () => this.#watchers.tell(undefined);
  }

  async get(key: string): Promise<Versioned | undefined> {
    checkKey(key);
    return await this.#store.read((db) => db.get('entries', key));
  }

  async put(key: string, value: Uint8Array, options: { expected: number }): Promise<number> {
    checkWrite(key, value, options.expected);
    const copy = value.slice();
    const version = await this.#commit(key, options.expected, async (write) => {
      const numbers = write.objectStore('numbers');
      const next = ((await numbers.get('version')) ?? 0) + 1;
      await numbers.put(next, 'version');
      await write.objectStore('entries').put({ version: next, value: copy }, key);
      return next;
    });
    this.#tell({ key, version });
    return version;
  }

  async delete(key: string, expected: number): Promise<void> {
    checkKey(key);
    checkVersion(expected);
    await this.#commit(key, expected, (write) => write.objectStore('entries').delete(key));
    if (expected > 0) this.#tell({ key, version: 0 });
  }

  /** The version of the last write. */
  async clock(): Promise<number> {
    return (await this.#store.read((db) => db.get('numbers', 'version'))) ?? 0;
  }

  async list(prefix: string, options: ListOptions = {}): Promise<readonly Entry[]> {
    const { from, above, below, limit } = pageOf(prefix, options);
    if (above >= below) return [];
    const isPast = above >= from;
    const range = IDBKeyRange.bound(isPast ? above : from, below, isPast, true);
    return await this.#store.read(async (db) => {
      const { store } = db.transaction('entries');
      const [keys, entries] = await Promise.all([
        store.getAllKeys(range, limit),
        store.getAll(range, limit),
      ]);
      return entries.map((entry, i) => ({ key: keys[i] ?? '', ...entry }));
    });
  }

  async watch(prefix: string, listener: ChangeListener): Promise<() => void> {
    checkPrefix(prefix);
    return this.#watchers.add(prefix, listener);
  }

  /** The store stays open. */
  async close(): Promise<void> {
    this.#channel.close();
    this.#watchers.clear();
  }

  #commit<T>(key: string, expected: number, work: (write: IdbWrite) => Promise<T>): Promise<T> {
    return this.#store.commit(['entries', 'numbers'], async (write) => {
      const version = (await write.objectStore('entries').get(key))?.version ?? 0;
      if (version !== expected) throw versionConflict(key, expected);
      return await work(write);
    });
  }

  #tell(change: Change): void {
    this.#watchers.tell(change);
    this.#channel.postMessage(change);
  }
}

function isChange(data: unknown): data is Change {
  if (typeof data !== 'object' || data === null) return false;
  const { key, version } = data as { key?: unknown; version?: unknown };
  return typeof key === 'string' && typeof version === 'number';
}
