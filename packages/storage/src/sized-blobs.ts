import type { Blobs, ShardId } from '@manytabs/protocol';

export interface SizedBlobsOptions {
  readonly small: Blobs;
  readonly large: Blobs;
  /** What is larger goes to `large`. */
  readonly smallBytesMax: number;
}

/** Shards in the one of two stores that suits their size; what is in either is found. */
export class SizedBlobs implements Blobs {
  readonly #small: Blobs;
  readonly #large: Blobs;
  readonly #smallBytesMax: number;

  constructor({ small, large, smallBytesMax }: SizedBlobsOptions) {
    this.#small = small;
    this.#large = large;
    this.#smallBytesMax = smallBytesMax;
  }

  async put(shard: ShardId, bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.#smallBytesMax) return this.#large.put(shard, bytes);
    const copy = new Uint8Array(bytes);
    // A small one may be there since all of them were.
    if (!(await this.#large.has(shard))) await this.#small.put(shard, copy);
  }

  async get(shard: ShardId): Promise<Uint8Array | undefined> {
    return (await this.#small.get(shard)) ?? this.#large.get(shard);
  }

  async has(shard: ShardId): Promise<boolean> {
    return (await this.#small.has(shard)) || this.#large.has(shard);
  }

  async delete(shard: ShardId): Promise<void> {
    await Promise.all([this.#small.delete(shard), this.#large.delete(shard)]);
  }

  async list(): Promise<readonly { readonly shard: ShardId; readonly bytes: number }[]> {
    const [small, large] = await Promise.all([this.#small.list(), this.#large.list()]);
    return [...small, ...large];
  }

  async size(): Promise<number> {
    const [small, large] = await Promise.all([this.#small.size(), this.#large.size()]);
    return small + large;
  }

  async close(): Promise<void> {
    await Promise.all([this.#small.close(), this.#large.close()]);
  }
}
