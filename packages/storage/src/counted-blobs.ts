import type { Blobs, CollectedBlobs, ShardId } from '@manytabs/protocol';

/** Blobs of one process, which knows by itself who put and used what; another process may only read them. */
export class CountedBlobs implements CollectedBlobs {
  readonly #inner: Blobs;
  readonly #uses = new Map<ShardId, number>();
  readonly #removals = new Map<ShardId, Promise<unknown>>();
  #count = 0;

  constructor(inner: Blobs) {
    this.#inner = inner;
  }

  async put(shard: ShardId, bytes: Uint8Array): Promise<void> {
    const use = this.#noteUse(shard);
    const removal = this.#removals.get(shard);
    const copy = removal ? new Uint8Array(bytes) : bytes;
    if (removal) await removal;
    try {
      await this.#inner.put(shard, copy);
    } catch (thrown) {
      this.#forget(shard, use);
      throw thrown;
    }
  }

  async use(shard: ShardId): Promise<boolean> {
    const use = this.#noteUse(shard);
    await this.#removals.get(shard);
    const isThere = await this.#inner.has(shard);
    if (!isThere) this.#forget(shard, use);
    return isThere;
  }

  async removeUnused(shard: ShardId, uses: number): Promise<boolean> {
    if (this.#usesOf(shard) !== uses || this.#removals.has(shard)) return false;
    const removal = this.#inner.delete(shard);
    const settled = removal
      .catch(() => {
        // Whoever removes is told.
      })
      .then(() => this.#removals.delete(shard));
    this.#removals.set(shard, settled);
    await removal;
    this.#forget(shard, uses);
    return true;
  }

  async list() {
    const rows = await this.#inner.list();
    return rows.map(({ shard, bytes }) => ({ shard, bytes, uses: this.#usesOf(shard) }));
  }

  get(shard: ShardId): Promise<Uint8Array | undefined> {
    return this.#inner.get(shard);
  }

  has(shard: ShardId): Promise<boolean> {
    return this.#inner.has(shard);
  }

  delete(shard: ShardId): Promise<void> {
    return this.#inner.delete(shard);
  }

  size(): Promise<number> {
    return this.#inner.size();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #usesOf(shard: ShardId): number {
    return this.#uses.get(shard) ?? 0;
  }

  #noteUse(shard: ShardId): number {
    this.#count += 1;
    this.#uses.set(shard, this.#count);
    return this.#count;
  }

  /** Of what is not there nothing is remembered. */
  #forget(shard: ShardId, use: number): void {
    if (this.#uses.get(shard) === use) this.#uses.delete(shard);
  }
}
