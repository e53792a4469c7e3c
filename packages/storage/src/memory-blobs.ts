import { type Blobs, GridError, type ShardId } from '@manytabs/protocol';
import { verifyShard } from './digest.ts';

export interface MemoryBlobsOptions {
  /** Over this a put is refused with `storage-full`. */
  readonly bytesMax?: number | undefined;
}

export class MemoryBlobs implements Blobs {
  readonly #bytesMax: number;
  readonly #shards = new Map<ShardId, Uint8Array>();
  #bytes = 0;

  constructor({ bytesMax = Infinity }: MemoryBlobsOptions = {}) {
    this.#bytesMax = bytesMax;
  }

  async put(shard: ShardId, bytes: Uint8Array): Promise<void> {
    const copy = new Uint8Array(bytes);
    await verifyShard(shard, copy);
    if (this.#shards.has(shard)) return;
    if (this.#bytes + copy.length > this.#bytesMax) {
      throw new GridError('storage-full', `${this.#bytes} of ${this.#bytesMax} bytes are used.`);
    }
    this.#shards.set(shard, copy);
    this.#bytes += copy.length;
  }

  get(shard: ShardId): Promise<Uint8Array | undefined> {
    const bytes = this.#shards.get(shard);
    return Promise.resolve(bytes && new Uint8Array(bytes));
  }

  has(shard: ShardId): Promise<boolean> {
    return Promise.resolve(this.#shards.has(shard));
  }

  delete(shard: ShardId): Promise<void> {
    this.#bytes -= this.#shards.get(shard)?.length ?? 0;
    this.#shards.delete(shard);
    return Promise.resolve();
  }

  list(): Promise<readonly { readonly shard: ShardId; readonly bytes: number }[]> {
    const rows = [...this.#shards].map(([shard, { length }]) => ({ shard, bytes: length }));
    return Promise.resolve(rows);
  }

  size(): Promise<number> {
    return Promise.resolve(this.#bytes);
  }

  close(): Promise<void> {
    this.#shards.clear();
    this.#bytes = 0;
    return Promise.resolve();
  }
}
