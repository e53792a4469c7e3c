import { type Blobs, GridError, LIMITS, type ShardId, shardId } from '@manytabs/protocol';
import { CachedBlobs, CountedBlobs } from '@manytabs/storage';
import { sha256 } from '../identity/crypto.ts';

/** Small shards in memory: those of 512 leases and as many as stay idle, twice over. */
const SMALL_BYTES_MAX = 32 * 1024 * 1024;
/** Large ones that were used last. */
const LARGE_BYTES_MAX = 32 * 1024 * 1024;

/**
 * A tab's shards as its work needs them: at once. Small ones come anew with whatever needs them, so memory is all the
 * keeping they get; what memory has no room for, and every large one, is in the browser's store.
 */
export class TabBlobs implements Blobs {
  readonly #stored: CachedBlobs;
  readonly #small = new Map<ShardId, Uint8Array>();
  /** Of the small ones, those that are in the store too. */
  readonly #persisted = new Set<ShardId>();
  readonly #smallBytesMax: number;
  #smallBytes = 0;

  constructor(stored: Blobs, { smallBytesMax = SMALL_BYTES_MAX } = {}) {
    this.#stored = new CachedBlobs(new CountedBlobs(stored), { bytesMax: LARGE_BYTES_MAX });
    this.#smallBytesMax = smallBytesMax;
  }

  /**
   * Keeps a small shard before it returns; false where it must be `put`. Hashing some kilobytes here takes less time
   * than asking the browser to.
   * @throws {GridError} `shard-corrupt`
   */
  putNow(shard: ShardId, bytes: Uint8Array): boolean {
    if (bytes.length > LIMITS.INLINE_SHARD_BYTES) return false;
    if (shardId(sha256(bytes)) !== shard) {
      throw new GridError('shard-corrupt', `${bytes.length} bytes do not hash to shard ${shard}.`);
    }
    if (this.#small.has(shard)) return true;
    if (this.#smallBytes + bytes.length > this.#smallBytesMax) return false;
    // A copy: the bytes are part of a frame that would be kept with them.
    this.#small.set(shard, bytes.slice());
    this.#smallBytes += bytes.length;
    return true;
  }

  /** What the grid counts on must outlive the tab, small or not. @throws {GridError} `storage-full`, `storage-failed` */
  async persist(shard: ShardId): Promise<void> {
    const bytes = this.#small.get(shard);
    if (!bytes || this.#persisted.has(shard)) return;
    this.#persisted.add(shard);
    await this.#stored.put(shard, bytes).catch((thrown) => {
      this.#persisted.delete(shard);
      throw thrown;
    });
    // It may have been dropped meanwhile.
    if (!this.#persisted.has(shard)) await this.#stored.delete(shard);
  }

  async put(shard: ShardId, bytes: Uint8Array): Promise<void> {
    if (!this.putNow(shard, bytes)) await this.#stored.put(shard, bytes);
  }

  /** What is in memory now; not to be changed. */
  peek(shard: ShardId): Uint8Array | undefined {
    return this.#small.get(shard) ?? this.#stored.peek(shard);
  }

  async get(shard: ShardId): Promise<Uint8Array | undefined> {
    return this.peek(shard)?.slice() ?? (await this.#stored.get(shard));
  }

  async has(shard: ShardId): Promise<boolean> {
    return this.#small.has(shard) || (await this.#stored.has(shard));
  }

  async delete(shard: ShardId): Promise<void> {
    const small = this.#small.get(shard);
    this.#smallBytes -= small?.length ?? 0;
    this.#small.delete(shard);
    if (this.#persisted.delete(shard) || !small) await this.#stored.delete(shard);
  }

  async list(): Promise<readonly { readonly shard: ShardId; readonly bytes: number }[]> {
    const small = [...this.#small].map(([shard, { length }]) => ({ shard, bytes: length }));
    const stored = await this.#stored.list();
    return [...small, ...stored.filter(({ shard }) => !this.#small.has(shard))];
  }

  async size(): Promise<number> {
    let twice = 0;
    for (const shard of this.#persisted) twice += this.#small.get(shard)?.length ?? 0;
    return this.#smallBytes + (await this.#stored.size()) - twice;
  }

  async close(): Promise<void> {
    this.#small.clear();
    this.#persisted.clear();
    this.#smallBytes = 0;
    await this.#stored.close();
  }
}
