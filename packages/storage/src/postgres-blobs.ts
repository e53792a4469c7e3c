import type { CollectedBlobs, ShardId } from '@manytabs/protocol';
import { isShard, verifyShard } from './digest.ts';
import type { PostgresAccess } from './store/postgres-store.ts';

const PUT = `
  INSERT INTO manytabs_blob (shard, size, bytes) VALUES ($1, $2, $3)
  ON CONFLICT (shard) DO UPDATE SET uses = nextval('manytabs_use')`;
const GET = 'SELECT bytes FROM manytabs_blob WHERE shard = $1';
const HAS = 'SELECT 1 FROM manytabs_blob WHERE shard = $1';
const DELETE = 'DELETE FROM manytabs_blob WHERE shard = $1';
const USE = `
  UPDATE manytabs_blob SET uses = nextval('manytabs_use') WHERE shard = $1 RETURNING 1`;
const REMOVE = 'DELETE FROM manytabs_blob WHERE shard = $1 AND uses = $2 RETURNING 1';
const LIST = 'SELECT shard, size AS bytes, uses::float8 AS uses FROM manytabs_blob';
const SIZE = 'SELECT coalesce(sum(size), 0)::float8 AS bytes FROM manytabs_blob';

/**
 * Shards as rows of a PostgreSQL database: what one server stores, all of them read. A shard is verified when it is read;
 * one that rotted is removed and counts as never stored.
 */
export class PostgresBlobs implements CollectedBlobs {
  readonly #store: PostgresAccess;

  constructor(store: PostgresAccess) {
    this.#store = store;
  }

  async put(shard: ShardId, bytes: Uint8Array): Promise<void> {
    const copy = Buffer.from(bytes);
    await verifyShard(shard, copy);
    // Most of what is put again is there already: the bytes need not travel.
    if (await this.use(shard)) return;
    await this.#store.query(PUT, shard, copy.length, copy);
  }

  async get(shard: ShardId): Promise<Uint8Array | undefined> {
    const [row] = await this.#store.query<{ bytes: Buffer }>(GET, shard);
    if (!row) return undefined;
    const bytes = new Uint8Array(row.bytes);
    if (await isShard(shard, bytes)) return bytes;
    await this.delete(shard);
    return undefined;
  }

  async has(shard: ShardId): Promise<boolean> {
    return (await this.#store.query(HAS, shard)).length > 0;
  }

  async delete(shard: ShardId): Promise<void> {
    await this.#store.query(DELETE, shard);
  }

  async use(shard: ShardId): Promise<boolean> {
    return (await this.#store.query(USE, shard)).length > 0;
  }

  /** One statement: a server that stood still before it removes nothing that others use by now. */
  async removeUnused(shard: ShardId, uses: number): Promise<boolean> {
    return (await this.#store.query(REMOVE, shard, uses)).length > 0;
  }

  list(): Promise<readonly { shard: ShardId; bytes: number; uses: number }[]> {
    return this.#store.query<{ shard: ShardId; bytes: number; uses: number }>(LIST);
  }

  async size(): Promise<number> {
    const [row] = await this.#store.query<{ bytes: number }>(SIZE);
    return row?.bytes ?? 0;
  }

  /** The store stays open. */
  async close(): Promise<void> {}
}
