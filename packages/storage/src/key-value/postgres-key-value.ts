import type { Change, Entry, KeyValue, Versioned } from '@manytabs/protocol';
import type { PostgresAccess } from '../store/postgres-store.ts';
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

// The version first: a key may have any character.
const NOTIFY = `pg_notify('manytabs_key_value', version || ' ' || key)`;
const TICK = 'UPDATE manytabs_clock SET version = version + 1 RETURNING version';
const GET = 'SELECT version::float8 AS version, value FROM manytabs_entry WHERE key = $1';
const LIST = `
  SELECT key, version::float8 AS version, value FROM manytabs_entry
  WHERE key >= $1 AND key > $2 AND key < $3 ORDER BY key LIMIT $4`;
const INSERT = `
  WITH clock AS (${TICK}), written AS (
    INSERT INTO manytabs_entry (key, version, value) SELECT $1, version, $2 FROM clock
    ON CONFLICT DO NOTHING RETURNING key, version
  )
  SELECT version::float8 AS version, ${NOTIFY} FROM written`;
const UPDATE = `
  WITH clock AS (${TICK}), written AS (
    UPDATE manytabs_entry AS entry SET version = clock.version, value = $2 FROM clock
    WHERE entry.key = $1 AND entry.version = $3 RETURNING entry.key, entry.version
  )
  SELECT version::float8 AS version, ${NOTIFY} FROM written`;
const DELETE = `
  WITH written AS (
    DELETE FROM manytabs_entry WHERE key = $1 AND version = $2 RETURNING key, 0 AS version
  )
  SELECT ${NOTIFY} FROM written`;

const CLOCK = 'SELECT version::float8 AS version FROM manytabs_clock';
const ADOPT = `
  INSERT INTO manytabs_entry (key, version, value) VALUES ($1, $2, $3)
  ON CONFLICT (key) DO UPDATE SET version = excluded.version, value = excluded.value`;

interface Row {
  readonly key: string;
  readonly version: number;
  readonly value: Buffer;
}

/**
 * Keys and values in PostgreSQL. Every write takes the next number of one clock and holds it until it is committed, so
 * versions and notifications have one order. Watchers are told of what every server writes.
 */
export class PostgresKeyValue implements KeyValue {
  readonly #store: PostgresAccess;
  readonly #watchers = new Watchers();
  #listening: Promise<() => void> | undefined;

  constructor(store: PostgresAccess) {
    this.#store = store;
  }

  async get(key: string): Promise<Versioned | undefined> {
    checkKey(key);
    const [row] = await this.#store.query<Row>(GET, key);
    return row && { value: new Uint8Array(row.value), version: row.version };
  }

  async put(key: string, value: Uint8Array, options: { expected: number }): Promise<number> {
    const { expected } = options;
    checkWrite(key, value, expected);
    const copy = Buffer.from(value);
    const [row] = await (expected === 0
      ? this.#store.query<Row>(INSERT, key, copy)
      : this.#store.query<Row>(UPDATE, key, copy, expected));
    if (!row) throw versionConflict(key, expected);
    return row.version;
  }

  async delete(key: string, expected: number): Promise<void> {
    checkKey(key);
    checkVersion(expected);
    const isDone = expected === 0 ? !(await this.get(key)) : await this.#delete(key, expected);
    if (!isDone) throw versionConflict(key, expected);
  }

  async list(prefix: string, options: ListOptions = {}): Promise<readonly Entry[]> {
    const { from, above, below, limit } = pageOf(prefix, options);
    const rows = await this.#store.query<Row>(LIST, from, above, below, limit);
    return rows.map(({ key, value, version }) => ({ key, value: new Uint8Array(value), version }));
  }

  async watch(prefix: string, listener: ChangeListener): Promise<() => void> {
    checkPrefix(prefix);
    this.#listening ??= this.#store.listen((payload) => this.#tell(payload));
    try {
      await this.#listening;
    } catch (thrown) {
      this.#listening = undefined;
      throw thrown;
    }
    return this.#watchers.add(prefix, listener);
  }

  /** The version of the last write, of whatever key. */
  async clock(): Promise<number> {
    const [row] = await this.#store.query<{ version: number }>(CLOCK);
    return row?.version ?? 0;
  }

  /** Takes entries of another store with their versions; what is written later has versions above `clock`. */
  async adopt(entries: readonly Entry[], clock: number): Promise<void> {
    await this.#store.commit(async (ask) => {
      for (const { key, version, value } of entries) {
        await ask(ADOPT, key, version, Buffer.from(value));
      }
      await ask('UPDATE manytabs_clock SET version = greatest(version, $1)', clock);
    });
  }

  /** The store stays open. */
  async close(): Promise<void> {
    this.#watchers.clear();
    const listening = this.#listening;
    this.#listening = undefined;
    (await listening?.catch(() => undefined))?.();
  }

  async #delete(key: string, expected: number): Promise<boolean> {
    return (await this.#store.query(DELETE, key, expected)).length > 0;
  }

  #tell(payload: string | undefined): void {
    if (payload === undefined) return this.#watchers.tell(undefined);
    const change = parse(payload);
    if (change) this.#watchers.tell(change);
  }
}

/** Anybody who may connect may notify. */
function parse(payload: string): Change | undefined {
  const [, version, key] = /^(\d{1,15}) (.+)$/.exec(payload) ?? [];
  return key === undefined ? undefined : { key, version: Number(version) };
}
