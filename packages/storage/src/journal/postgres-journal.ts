import { type Appended, GridError, type Journal, sameBytes } from '@manytabs/protocol';
import type { Ask, PostgresAccess } from '../store/postgres-store.ts';
import { epochStale } from './memory-journal.ts';

export interface PostgresJournalOptions {
  /** Journals of one reign fence each other; those of different reigns write different partitions. Default: `grid`. */
  readonly reign?: string | undefined;
}

/** Rows looked at by one query of `read`, whatever they hold. */
const READ_RECORDS = 4096;

const EPOCH = 'SELECT epoch::float8 AS epoch FROM manytabs_reign WHERE name = $1';
const BEGIN_REIGN = 'INSERT INTO manytabs_reign VALUES ($1, 0, $2) ON CONFLICT DO NOTHING';
const LOCK = `
  SELECT epoch::float8 AS epoch, last_commit FROM manytabs_reign WHERE name = $1 FOR UPDATE`;
const REIGN = 'UPDATE manytabs_reign SET epoch = $2, last_commit = $3 WHERE name = $1';
const DROP = 'DELETE FROM manytabs_record WHERE partition = $1';
const INSERT = `
  INSERT INTO manytabs_record (partition, number, bytes)
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[])`;
const APPEND_UPON = `
  WITH reign AS (
    UPDATE manytabs_reign SET epoch = $2, last_commit = $3
    WHERE name = $1 AND epoch <= $2 AND last_commit = $4 RETURNING 1
  ), added AS (
    INSERT INTO manytabs_record (partition, number, bytes)
    SELECT added.* FROM reign, unnest($5::text[], $6::bigint[], $7::bytea[]) AS added
  )
  SELECT count(*)::int AS done FROM reign`;
const COUNTS = `
  SELECT name, (
    SELECT coalesce(max(number) + 1, 0)::float8 FROM manytabs_record WHERE partition = name
  ) AS count
  FROM unnest($1::text[]) AS name`;
// Sizes first: a value is fetched only where it is asked for.
const READ = `
  SELECT record.bytes FROM (
    SELECT number, sum(size) OVER (ORDER BY number) AS total FROM (
      SELECT number, octet_length(bytes) AS size FROM manytabs_record
      WHERE partition = $1 AND number >= $2 ORDER BY number LIMIT ${READ_RECORDS}
    ) AS sizes
  ) AS totals JOIN manytabs_record AS record USING (number)
  WHERE record.partition = $1 AND (total <= $3 OR number < $4)
  ORDER BY number`;
// Steps from name to name: DISTINCT would read every record.
const NAMES = `
  WITH RECURSIVE step(name) AS (
    SELECT min(partition) FROM manytabs_record WHERE partition >= $1 AND partition < $2
    UNION ALL
    SELECT (SELECT min(partition) FROM manytabs_record WHERE partition > name AND partition < $2)
    FROM step WHERE name IS NOT NULL
  ) SELECT name FROM step WHERE name IS NOT NULL`;

/** An append that failed, which may have been committed all the same. */
interface Doubt {
  readonly appended: readonly Appended[];
  /** Names of the commits it was tried under. */
  readonly commits: Set<string>;
  isCommitted: boolean;
}

/** What the next records follow. */
interface Last {
  readonly commit: string;
  readonly counts: Map<string, number>;
}

/**
 * A journal in PostgreSQL.
 *
 * Each commit has a name, which the reign's row keeps, and is made only upon the one that this journal has seen last. So
 * a commit that the network delivers late does nothing, and the numbers of records counted here are right as long as
 * the last commit is ours. Where it is not, the row is locked first and everything is read again.
 *
 * After `storage-failed` an append may have been committed or not. Append the same records again: the reign's row tells
 * whether they are there already, and they are never there twice. Any other append gives the failed one up.
 */
export class PostgresJournal implements Journal {
  readonly #store: PostgresAccess;
  readonly #name: string;
  #last: Last | undefined;
  #doubt: Doubt | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: PostgresAccess, { reign = 'grid' }: PostgresJournalOptions = {}) {
    this.#store = store;
    this.#name = reign;
  }

  append(epoch: number, appended: readonly Appended[]): Promise<void> {
    return this.#inTurn(() => this.#append(epoch, appended));
  }

  async read(partition: string, from: number, bytesMax: number): Promise<readonly Uint8Array[]> {
    const records: Uint8Array[] = [];
    for (let room = Math.min(bytesMax, Number.MAX_SAFE_INTEGER); ; ) {
      const first = from + records.length;
      const must = records.length > 0 ? first : first + 1;
      const rows = await this.#store.query<{ bytes: Buffer }>(READ, partition, first, room, must);
      for (const { bytes } of rows) {
        records.push(new Uint8Array(bytes));
        room -= bytes.length;
      }
      if (rows.length < READ_RECORDS) return records;
    }
  }

  async count(partition: string): Promise<number> {
    return (await countsOf(this.#store.query, [partition])).get(partition) ?? 0;
  }

  async partitions(prefix: string): Promise<readonly string[]> {
    const rows = await this.#store.query<{ name: string }>(NAMES, prefix, `${prefix}\u{10ffff}`);
    return rows.map(({ name }) => name);
  }

  replace(epoch: number, partition: string, records: readonly Uint8Array[]): Promise<void> {
    return this.#inTurn(() =>
      this.#reign(epoch, async (ask, counts) => {
        await ask(DROP, partition);
        counts.set(partition, 0);
        await insert(ask, [{ partition, records }], counts);
      }),
    );
  }

  claim(epoch: number): Promise<void> {
    return this.#inTurn(() => this.#reign(epoch, async () => {}));
  }

  async epoch(): Promise<number> {
    const [row] = await this.#store.query<{ epoch: number }>(EPOCH, this.#name);
    return row?.epoch ?? 0;
  }

  /** Waits for what is being written; the store stays open. */
  async close(): Promise<void> {
    await this.#turn;
  }

  /** One write at a time: records come in the order of the calls. */
  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {
      // Who called is told.
    });
    await turn;
  }

  async #append(epoch: number, appended: readonly Appended[]): Promise<void> {
    const commit = crypto.randomUUID();
    try {
      if (!(await this.#appendUpon(epoch, appended, commit))) {
        const locked = (...args: [Ask, Map<string, number>]) =>
          this.#appendLocked(appended, ...args);
        await this.#reign(epoch, locked, commit);
      }
      this.#doubt = undefined;
    } catch (thrown) {
      this.#last = undefined;
      this.#doubts(appended, commit);
      throw thrown;
    }
  }

  #doubts(appended: readonly Appended[], commit: string): void {
    if (!this.#doubt || !isSame(this.#doubt.appended, appended)) {
      this.#doubt = { appended, commits: new Set(), isCommitted: false };
    }
    this.#doubt.commits.add(commit);
  }

  /** In one round trip, where the last commit is still ours; otherwise it does nothing and gives false. */
  async #appendUpon(epoch: number, appended: readonly Appended[], commit: string) {
    const last = this.#last;
    if (!last || appended.some(({ partition }) => !last.counts.has(partition))) return false;
    const counts = new Map(last.counts);
    const { partitions, numbers, bytes } = rowsOf(appended, counts);
    const upon = [this.#name, epoch, commit, last.commit];
    const [row] = await this.#store.query<{ done: number }>(
      APPEND_UPON,
      ...upon,
      partitions,
      numbers,
      bytes,
    );
    if (row?.done !== 1) return false;
    this.#last = { commit, counts };
    return true;
  }

  async #appendLocked(
    appended: readonly Appended[],
    ask: Ask,
    counts: Map<string, number>,
  ): Promise<void> {
    if (this.#doubt?.isCommitted && isSame(this.#doubt.appended, appended)) return;
    const names = new Set(appended.map(({ partition }) => partition));
    const unknown = [...names].filter((name) => !counts.has(name));
    for (const [name, count] of await countsOf(ask, unknown)) counts.set(name, count);
    await insert(ask, appended, counts);
  }

  /**
   * A transaction that holds the reign's row: whatever else is under way comes before it, or finds that it is late.
   * `work` keeps the counts, which are empty where somebody else has written since.
   */
  async #reign(
    epoch: number,
    work: (ask: Ask, counts: Map<string, number>) => Promise<void>,
    commit: string = crypto.randomUUID(),
  ): Promise<void> {
    const [name, last] = [this.#name, this.#last];
    this.#last = undefined;
    this.#last = await this.#store.commit(async (ask) => {
      const row = await this.#lock(ask);
      if (this.#doubt?.commits.has(row.last_commit)) this.#doubt.isCommitted = true;
      if (epoch < row.epoch) throw epochStale(epoch, row.epoch);
      const counts = new Map(last?.commit === row.last_commit ? last.counts : []);
      await work(ask, counts);
      await ask(REIGN, name, epoch, commit);
      return { commit, counts };
    });
  }

  async #lock(ask: Ask): Promise<{ readonly epoch: number; readonly last_commit: string }> {
    const name = this.#name;
    await ask(BEGIN_REIGN, name, crypto.randomUUID());
    const [row] = await ask<{ epoch: number; last_commit: string }>(LOCK, name);
    if (!row) throw new GridError('storage-failed', `The reign ${name} was deleted.`);
    return row;
  }
}

interface Rows {
  readonly partitions: string[];
  readonly numbers: number[];
  readonly bytes: Buffer[];
}

/** Numbers the records, and counts them. */
function rowsOf(appended: readonly Appended[], counts: Map<string, number>): Rows {
  const rows: Rows = { partitions: [], numbers: [], bytes: [] };
  for (const { partition, records } of appended) {
    let number = counts.get(partition) ?? 0;
    for (const record of records) {
      rows.partitions.push(partition);
      rows.numbers.push(number++);
      rows.bytes.push(Buffer.from(record.buffer, record.byteOffset, record.length));
    }
    counts.set(partition, number);
  }
  return rows;
}

async function insert(
  ask: Ask,
  appended: readonly Appended[],
  counts: Map<string, number>,
): Promise<void> {
  const { partitions, numbers, bytes } = rowsOf(appended, counts);
  await ask(INSERT, partitions, numbers, bytes);
}

async function countsOf(ask: Ask, partitions: readonly string[]): Promise<Map<string, number>> {
  const rows = await ask<{ name: string; count: number }>(COUNTS, partitions);
  return new Map(rows.map(({ name, count }) => [name, count]));
}

function isSame(a: readonly Appended[], b: readonly Appended[]): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((one, i) => isSamePart(one, b[i]));
}

function isSamePart(a: Appended, b: Appended | undefined): boolean {
  if (a.partition !== b?.partition || a.records.length !== b.records.length) return false;
  return a.records.every((record, i) => {
    const other = b.records[i];
    return other !== undefined && sameBytes(record, other);
  });
}
