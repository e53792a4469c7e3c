import { type CollectedBlobs, type ShardId, toGridError } from '@manytabs/protocol';

/** For those who are reading the version that was replaced. */
const GRACE_MS = 60_000;

/** The coordinator's own copies of file shards: each stays while a file or an upload needs it. */
export class OriginShards {
  readonly #blobs: CollectedBlobs;
  /** No file and no upload needs the shard any more: it may go after so many ms. */
  readonly #hasten: (shard: ShardId, ms: number) => void;
  readonly #users = new Map<ShardId, number>();

  constructor(blobs: CollectedBlobs, hasten: (shard: ShardId, ms: number) => void) {
    this.#blobs = blobs;
    this.#hasten = hasten;
  }

  async put(shard: ShardId, bytes: Uint8Array): Promise<void> {
    this.use(shard);
    try {
      await this.#blobs.put(shard, bytes);
    } catch (thrown) {
      this.disuse(shard);
      throw toGridError(thrown, 'storage-failed');
    }
  }

  use(shard: ShardId): void {
    this.#users.set(shard, (this.#users.get(shard) ?? 0) + 1);
  }

  disuse(shard: ShardId): void {
    const users = (this.#users.get(shard) ?? 0) - 1;
    if (users > 0) return void this.#users.set(shard, users);
    this.#users.delete(shard);
    this.#hasten(shard, GRACE_MS);
  }

  has(shard: ShardId): Promise<boolean> {
    return this.#blobs.has(shard);
  }

  /** Whether one that is in use here is there, so that it stays. */
  isKept(shard: ShardId): Promise<boolean> {
    return this.#blobs.use(shard);
  }

  /** Uses it if it is there. */
  async tryUse(shard: ShardId): Promise<boolean> {
    this.use(shard);
    const isThere = await this.#blobs.use(shard).catch((thrown) => {
      this.disuse(shard);
      throw thrown;
    });
    if (!isThere) this.disuse(shard);
    return isThere;
  }

  isUsed(shard: ShardId): boolean {
    return this.#users.has(shard);
  }

  get(shard: ShardId): Promise<Uint8Array | undefined> {
    return this.#blobs.get(shard);
  }
}
