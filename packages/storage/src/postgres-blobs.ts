import {
  type Blobs,
  type CollectedBlobs,
  GridError,
  LIMITS,
  type ShardId,
} from '@manytabs/protocol';
import { isShard, verifyShard } from './digest.ts';
import type { PostgresAccess } from './store/postgres-store.ts';

/** True where the row is new, and this is what it holds. */
const PUT = `
  INSERT INTO manytabs_blob (shard, size, bytes) VALUES ($1, $2, $3)
  ON CONFLICT (shard) DO UPDATE SET uses = nextval('manytabs_use') RETURNING bytes = $3 AS is_ours`;
const GET = 'SELECT size, bytes FROM manytabs_blob WHERE shard = $1';
const HAS = 'SELECT 1 FROM manytabs_blob WHERE shard = $1';
/** The name of the object that holds it, if one does. */
const NAME = 'CASE WHEN octet_length(bytes) < size THEN bytes END AS name';
const DELETE = `DELETE FROM manytabs_blob WHERE shard = $1 RETURNING ${NAME}`;
const USE = `
  UPDATE manytabs_blob SET uses = nextval('manytabs_use') WHERE shard = $1 RETURNING 1`;
const REMOVE = `DELETE FROM manytabs_blob WHERE shard = $1 AND uses = $2 RETURNING ${NAME}`;
const LIST = 'SELECT shard, size AS bytes, uses::float8 AS uses FROM manytabs_blob';
const SIZE = 'SELECT coalesce(sum(size), 0)::float8 AS bytes FROM manytabs_blob';

/** Objects by folders: each put has one of its own, so that a late removal removes nothing that came after it. */
export interface ObjectFolders {
  under(folder: string): Pick<Blobs, 'put' | 'get' | 'delete'>;
}

interface Removed {
  readonly name: Buffer | null;
}

/**
 * Shards as rows of a PostgreSQL database: what one server stores, all of them read. Large ones may be objects of a bucket: the
 * row has the name of its folder then, and says alone whether the shard is there. A shard is verified when it is read; one
 * that rotted is removed and counts as never stored.
 */
export class PostgresBlobs implements CollectedBlobs {
  readonly #store: PostgresAccess;
  readonly #objects: ObjectFolders | undefined;

  constructor(store: PostgresAccess, objects?: ObjectFolders | undefined) {
    this.#store = store;
    this.#objects = objects;
  }

  async put(shard: ShardId, bytes: Uint8Array): Promise<void> {
    const copy = Buffer.from(bytes);
    await verifyShard(shard, copy);
    // Most of what is put again is there already: the bytes need not travel.
    if (await this.use(shard)) return;
    const isLarge = copy.length > LIMITS.INLINE_SHARD_BYTES;
    if (this.#objects && isLarge) await this.#putObject(this.#objects, shard, copy);
    else await this.#store.query(PUT, shard, copy.length, copy);
  }

  /** The object is there before its row is; who comes second takes its own away. */
  async #putObject(objects: ObjectFolders, shard: ShardId, bytes: Buffer): Promise<void> {
    const folder = crypto.randomUUID();
    await objects.under(folder).put(shard, bytes);
    const name = Buffer.from(folder);
    const [row] = await this.#store.query<{ is_ours: boolean }>(PUT, shard, bytes.length, name);
    if (!row?.is_ours) await objects.under(folder).delete(shard);
  }

  async get(shard: ShardId): Promise<Uint8Array | undefined> {
    const [row] = await this.#store.query<{ size: number; bytes: Buffer }>(GET, shard);
    if (!row) return undefined;
    const isElsewhere = row.bytes.length < row.size;
    const bytes = isElsewhere
      ? await this.#folder(row.bytes).get(shard)
      : new Uint8Array(row.bytes);
    if (bytes && (isElsewhere || (await isShard(shard, bytes)))) return bytes;
    await this.delete(shard);
    return undefined;
  }

  async has(shard: ShardId): Promise<boolean> {
    return (await this.#store.query(HAS, shard)).length > 0;
  }

  async delete(shard: ShardId): Promise<void> {
    await this.#removed(shard, await this.#store.query<Removed>(DELETE, shard));
  }

  async use(shard: ShardId): Promise<boolean> {
    return (await this.#store.query(USE, shard)).length > 0;
  }

  /** One statement: a server that stood still before it removes nothing that others use by now. */
  async removeUnused(shard: ShardId, uses: number): Promise<boolean> {
    return this.#removed(shard, await this.#store.query<Removed>(REMOVE, shard, uses));
  }

  /** Without its row an object is nobody's, whether it can be deleted now or not. */
  async #removed(shard: ShardId, [row]: readonly Removed[]): Promise<boolean> {
    if (row?.name) await this.#folder(row.name).delete(shard);
    return row !== undefined;
  }

  #folder(name: Buffer): ReturnType<ObjectFolders['under']> {
    if (this.#objects) return this.#objects.under(name.toString('latin1'));
    throw new GridError('blobs-refused', 'Data of this grid is in a store of objects.');
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
