import { type Blobs, GridError, type ShardId } from '@manytabs/protocol';
import { shardIdOfSync } from './digest-sync.ts';
import type { SqliteStore } from './store/sqlite-store.ts';

const PUT = 'INSERT OR IGNORE INTO blob (shard, size, bytes) VALUES (?, ?, ?)';
const GET = 'SELECT bytes FROM blob WHERE shard = ?';
const HAS = 'SELECT 1 FROM blob WHERE shard = ?';
const DELETE = 'DELETE FROM blob WHERE shard = ?';
const LIST = 'SELECT shard, size AS bytes FROM blob';
const SIZE = 'SELECT coalesce(sum(size), 0) AS bytes FROM blob';

/**
 * Shards as rows of the file that the journal is in: for small ones, which cost a file several trips to the disk. What
 * was put is durable no later than a record that names it, as both are in one log. One that rotted is removed and
 * counts as never stored.
 */
export class SqliteBlobs implements Blobs {
  readonly #store: SqliteStore;
  readonly #isVisitor: boolean;

  /** A visitor only reads. */
  constructor(store: SqliteStore, { isVisitor = false }: { isVisitor?: boolean } = {}) {
    this.#store = store;
    this.#isVisitor = isVisitor;
  }

  async put(shard: ShardId, bytes: Uint8Array): Promise<void> {
    if (shardIdOfSync(bytes) !== shard) throw notTheShard(shard, bytes);
    if (this.#has(shard)) return;
    this.#store.commit(() => this.#store.statement(PUT).run([shard, bytes.length, bytes]));
  }

  async get(shard: ShardId): Promise<Uint8Array | undefined> {
    const [row] = this.#store.query<{ bytes: ArrayBuffer }>(GET, shard);
    if (!row) return undefined;
    const bytes = new Uint8Array(row.bytes);
    if (shardIdOfSync(bytes) === shard) return bytes;
    if (!this.#isVisitor) await this.delete(shard);
    return undefined;
  }

  async has(shard: ShardId): Promise<boolean> {
    return this.#has(shard);
  }

  async delete(shard: ShardId): Promise<void> {
    if (!this.#has(shard)) return;
    this.#store.commit(() => this.#store.statement(DELETE).run([shard]));
  }

  async list(): Promise<readonly { readonly shard: ShardId; readonly bytes: number }[]> {
    return this.#store.query<{ shard: ShardId; bytes: number }>(LIST);
  }

  async size(): Promise<number> {
    return this.#store.query<{ bytes: number }>(SIZE)[0]?.bytes ?? 0;
  }

  /** The store is somebody else's to close. */
  async close(): Promise<void> {}

  #has(shard: ShardId): boolean {
    return this.#store.query(HAS, shard).length > 0;
  }
}

function notTheShard(shard: ShardId, bytes: Uint8Array): GridError {
  const message = `${bytes.length} bytes do not hash to shard ${shard}.`;
  return new GridError('shard-corrupt', message);
}
