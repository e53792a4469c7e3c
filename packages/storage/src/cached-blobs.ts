import type { CollectedBlobs, ShardId } from '@manytabs/protocol';

export interface CachedBlobsOptions {
  readonly bytesMax: number;
}

/** Keeps what was used last in memory, so that a shard can be had without waiting. */
export class CachedBlobs implements CollectedBlobs {
  readonly #inner: CollectedBlobs;
  readonly #bytesMax: number;
  /** In order of use, the oldest first. */
  readonly #recent = new Map<ShardId, Uint8Array>();
  #bytes = 0;

  constructor(inner: CollectedBlobs, { bytesMax }: CachedBlobsOptions) {
    this.#inner = inner;
    this.#bytesMax = bytesMax;
  }

  get cachedBytes(): number {
    return this.#bytes;
  }

  /** The shard, if it is in memory now. Shared with everybody who peeks: not to be changed. */
  peek(shard: ShardId): Uint8Array | undefined {
    const bytes = this.#recent.get(shard);
    if (bytes) this.#keep(shard, bytes);
    return bytes;
  }

  async put(shard: ShardId, bytes: Uint8Array): Promise<void> {
    const copy = new Uint8Array(bytes);
    await this.#inner.put(shard, copy);
    this.#keep(shard, copy);
  }

  async get(shard: ShardId): Promise<Uint8Array | undefined> {
    const bytes = this.peek(shard) ?? (await this.#load(shard));
    return bytes && new Uint8Array(bytes);
  }

  async has(shard: ShardId): Promise<boolean> {
    return this.#recent.has(shard) || (await this.#inner.has(shard));
  }

  async delete(shard: ShardId): Promise<void> {
    this.#drop(shard);
    await this.#inner.delete(shard);
    // A get that was under way may have brought it back.
    this.#drop(shard);
  }

  /** Another server may have removed it: what is in memory here tells nothing. */
  use(shard: ShardId): Promise<boolean> {
    return this.#inner.use(shard);
  }

  async removeUnused(shard: ShardId, uses: number): Promise<boolean> {
    const isRemoved = await this.#inner.removeUnused(shard, uses);
    if (isRemoved) this.#drop(shard);
    return isRemoved;
  }

  list() {
    return this.#inner.list();
  }

  size(): Promise<number> {
    return this.#inner.size();
  }

  async close(): Promise<void> {
    this.#recent.clear();
    this.#bytes = 0;
    await this.#inner.close();
  }

  async #load(shard: ShardId): Promise<Uint8Array | undefined> {
    const bytes = await this.#inner.get(shard);
    if (bytes) this.#keep(shard, bytes);
    return bytes;
  }

  #keep(shard: ShardId, bytes: Uint8Array): void {
    this.#drop(shard);
    if (bytes.length > this.#bytesMax) return;
    this.#recent.set(shard, bytes);
    this.#bytes += bytes.length;
    for (const oldest of this.#recent.keys()) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#drop(oldest);
    }
  }

  #drop(shard: ShardId): void {
    this.#bytes -= this.#recent.get(shard)?.length ?? 0;
    this.#recent.delete(shard);
  }
}
