import type { Entry, KeyValue, Versioned } from '@manytabs/protocol';
import type { SqliteStore } from '../store/sqlite-store.ts';
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

const GET = 'SELECT version, value FROM entry WHERE key = ?';
const PUT = 'INSERT OR REPLACE INTO entry (key, version, value) VALUES (?, ?, ?)';
const DELETE = 'DELETE FROM entry WHERE key = ?';
const TICK = 'UPDATE clock SET version = version + 1 RETURNING version';
/** One lower bound each: of two, SQLite seeks by the first and walks over everything below the second. */
const LIST_FROM =
  'SELECT key, version, value FROM entry WHERE key >= ? AND key < ? ORDER BY key LIMIT ?';
const LIST_ABOVE =
  'SELECT key, version, value FROM entry WHERE key > ? AND key < ? ORDER BY key LIMIT ?';

interface Row {
  readonly key: string;
  readonly version: number;
  readonly value: ArrayBuffer;
}

/** Keys and values in a SQLite file. Watchers are told of what is written through this object only. */
export class SqliteKeyValue implements KeyValue {
  readonly #store: SqliteStore;
  readonly #watchers = new Watchers();

  constructor(store: SqliteStore) {
    this.#store = store;
  }

  async get(key: string): Promise<Versioned | undefined> {
    checkKey(key);
    const [row] = this.#store.query<Row>(GET, key);
    return row && { value: new Uint8Array(row.value), version: row.version };
  }

  async put(key: string, value: Uint8Array, options: { expected: number }): Promise<number> {
    checkWrite(key, value, options.expected);
    const version = this.#store.commit(() => {
      this.#expect(key, options.expected);
      const next = this.#store.query<{ version: number }>(TICK)[0]?.version ?? 0;
      this.#store.statement(PUT).run([key, next, value]);
      return next;
    });
    this.#watchers.tell({ key, version });
    return version;
  }

  async delete(key: string, expected: number): Promise<void> {
    checkKey(key);
    checkVersion(expected);
    this.#store.commit(() => {
      this.#expect(key, expected);
      this.#store.statement(DELETE).run([key]);
    });
    if (expected > 0) this.#watchers.tell({ key, version: 0 });
  }

  async list(prefix: string, options: ListOptions = {}): Promise<readonly Entry[]> {
    const { from, above, below, limit } = pageOf(prefix, options);
    const [list, start] = above >= from ? [LIST_ABOVE, above] : [LIST_FROM, from];
    const rows = this.#store.query<Row>(list, start, below, limit);
    return rows.map(({ key, value, version }) => ({ key, value: new Uint8Array(value), version }));
  }

  async watch(prefix: string, listener: ChangeListener): Promise<() => void> {
    checkPrefix(prefix);
    return this.#watchers.add(prefix, listener);
  }

  /** The version of the last write, of whatever key. */
  async clock(): Promise<number> {
    return this.#store.query<{ version: number }>('SELECT version FROM clock')[0]?.version ?? 0;
  }

  /** Takes entries of another store with their versions; what is written later has versions above `clock`. */
  async adopt(entries: readonly Entry[], clock: number): Promise<void> {
    this.#store.commit(() => {
      for (const { key, version, value } of entries) {
        this.#store.statement(PUT).run([key, version, value]);
      }
      this.#store.statement('UPDATE clock SET version = max(version, ?)').run([clock]);
    });
  }

  /** The store stays open. */
  async close(): Promise<void> {
    this.#watchers.clear();
  }

  #expect(key: string, expected: number): void {
    const version = this.#store.query<Row>(GET, key)[0]?.version ?? 0;
    if (version !== expected) throw versionConflict(key, expected);
  }
}
