import { crc32 } from 'node:zlib';
import { type Appended, GridError, type Journal } from '@manytabs/protocol';
import { SqliteStore, type SqliteStoreOptions } from '../store/sqlite-store.ts';
import { epochStale } from './memory-journal.ts';

const EPOCH = 'SELECT epoch FROM reign';
const RAISE = 'UPDATE reign SET epoch = ?';
const INSERT = 'INSERT INTO record VALUES (?, ?, ?, ?)';
const DROP = 'DELETE FROM record WHERE partition = ?';
const READ =
  'SELECT number, bytes, sum FROM record WHERE partition = ? AND number >= ? ORDER BY number';
const COUNT = 'SELECT coalesce(max(number) + 1, 0) AS count FROM record WHERE partition = ?';
// Steps from name to name: DISTINCT would read every record.
const NAMES = `
  WITH RECURSIVE step(name) AS (
    SELECT min(partition) FROM record WHERE partition >= ?1 AND partition < ?2
    UNION ALL
    SELECT (SELECT min(partition) FROM record WHERE partition > name AND partition < ?2)
    FROM step WHERE name IS NOT NULL
  ) SELECT name FROM step WHERE name IS NOT NULL`;

interface Row {
  readonly number: number;
  readonly bytes: ArrayBuffer;
  /** CRC-32 of the bytes; null where an older version wrote them. */
  readonly sum: number | null;
}

/**
 * A journal in a SQLite file. A second process may open it; the epoch, which is read inside each transaction, decides
 * which of them may write.
 */
export class SqliteJournal implements Journal {
  readonly #store: SqliteStore;
  readonly #ownsStore: boolean;
  /** Records of the partitions written so far; right as long as nobody else has reigned since. */
  readonly #counts = new Map<string, number>();
  #countedAt = 0;

  /** A path opens a store of its own, which is closed with the journal. @throws {GridError} as `SqliteStore` */
  constructor(store: SqliteStore | string, options: SqliteStoreOptions = {}) {
    this.#ownsStore = typeof store === 'string';
    this.#store = typeof store === 'string' ? new SqliteStore(store, options) : store;
  }

  async append(epoch: number, appended: readonly Appended[]): Promise<void> {
    this.#commit(epoch, () => {
      for (const { partition, records } of appended) this.#push(partition, records);
    });
  }

  async read(partition: string, from: number, bytesMax: number): Promise<readonly Uint8Array[]> {
    const records: Uint8Array[] = [];
    let size = 0;
    for (const row of this.#store.each<Row>(READ, partition, from)) {
      size += row.bytes.byteLength;
      if (size > bytesMax && records.length > 0) break;
      records.push(this.#checked(partition, row));
    }
    return records;
  }

  async count(partition: string): Promise<number> {
    return this.#stored(partition);
  }

  async partitions(prefix: string): Promise<readonly string[]> {
    const rows = this.#store.query<{ name: string }>(NAMES, prefix, `${prefix}\u{10ffff}`);
    return rows.map(({ name }) => name);
  }

  async replace(epoch: number, partition: string, records: readonly Uint8Array[]): Promise<void> {
    this.#commit(epoch, () => {
      this.#store.statement(DROP).run([partition]);
      this.#counts.set(partition, 0);
      this.#push(partition, records);
    });
  }

  /** On the disk at once: after a loss of power two coordinators must not have one epoch. */
  async claim(epoch: number): Promise<void> {
    this.#commit(epoch, () => {});
    await this.#store.settle();
  }

  async epoch(): Promise<number> {
    return this.#epoch();
  }

  async close(): Promise<void> {
    if (this.#ownsStore) this.#store.close();
  }

  #push(partition: string, records: readonly Uint8Array[]): void {
    const insert = this.#store.statement(INSERT);
    let number = this.#counts.get(partition) ?? this.#stored(partition);
    for (const record of records) insert.run([partition, number++, record, crc32(record)]);
    this.#counts.set(partition, number);
  }

  /** A damaged record is worse than a missing one: it would be believed. */
  #checked(partition: string, { number, bytes, sum }: Row): Uint8Array {
    const record = new Uint8Array(bytes);
    if (sum === null || crc32(record) === sum) return record;
    const where = `record ${number} of ${partition} in ${this.#store.path}`;
    throw new GridError('storage-corrupt', `Damaged: ${where} is not what was written.`);
  }

  #stored(partition: string): number {
    return this.#store.query<{ count: number }>(COUNT, partition)[0]?.count ?? 0;
  }

  /** One transaction; whatever fails leaves the file as it was, and the counts are read again. */
  #commit(epoch: number, write: () => void): void {
    try {
      this.#store.commit(() => {
        this.#raise(epoch);
        write();
      });
    } catch (thrown) {
      this.#counts.clear();
      throw thrown;
    }
  }

  #raise(epoch: number): void {
    const reigning = this.#epoch();
    if (epoch < reigning) throw epochStale(epoch, reigning);
    if (reigning !== this.#countedAt) this.#counts.clear();
    if (epoch > reigning) this.#store.statement(RAISE).run([epoch]);
    this.#countedAt = epoch;
  }

  #epoch(): number {
    return this.#store.query<{ epoch: number }>(EPOCH)[0]?.epoch ?? 0;
  }
}
