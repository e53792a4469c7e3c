import { type Blobs, type ShardId, toGridError } from '@manytabs/protocol';

const GRACE_MS = 60_000;
const SWEEP_MS = 5_000;

/**
 * The coordinator's own copies of file shards. Each is kept while a file or an upload needs it, and a while longer for
 * those who are reading the version that was replaced.
 */
export class OriginShards {
  readonly #blobs: Blobs;
  /** Whether a job needs it. */
  readonly #isWanted: (shard: ShardId) => boolean;
  readonly #now: () => number;
  readonly #users = new Map<ShardId, number>();
  readonly #unused = new Map<ShardId, number>();
  #sweep: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(blobs: Blobs, isWanted: (shard: ShardId) => boolean, now: () => number) {
    this.#blobs = blobs;
    this.#isWanted = isWanted;
    this.#now = now;
  }

  get unreferenced(): number {
    return this.#unused.size;
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
    this.#unused.delete(shard);
  }

  disuse(shard: ShardId): void {
    const users = (this.#users.get(shard) ?? 0) - 1;
    if (users > 0) return void this.#users.set(shard, users);
    this.#users.delete(shard);
    this.#unused.set(shard, this.#now() + GRACE_MS);
    this.#sweepLater();
  }

  has(shard: ShardId): Promise<boolean> {
    return this.#blobs.has(shard);
  }

  isUsed(shard: ShardId): boolean {
    return this.#users.has(shard);
  }

  get(shard: ShardId): Promise<Uint8Array | undefined> {
    return this.#blobs.get(shard);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#sweep);
  }

  #sweepLater(): void {
    if (this.#isClosed || this.#unused.size === 0) return;
    this.#sweep ??= setTimeout(() => void this.#collect(), SWEEP_MS);
    this.#sweep.unref?.();
  }

  async #collect(): Promise<void> {
    const now = this.#now();
    for (const [shard, dueAt] of [...this.#unused]) {
      if (dueAt > now || this.#isWanted(shard)) continue;
      this.#unused.delete(shard);
      await this.#blobs.delete(shard).catch(() => this.#unused.set(shard, dueAt));
    }
    this.#sweep = undefined;
    this.#sweepLater();
  }
}
