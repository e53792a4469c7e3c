import { assert, type ShardId } from '@manytabs/protocol';

/** Shards that nothing uses, the longest unused first, within bounds of number and bytes. */
export class IdleShards {
  readonly #shards = new Map<ShardId, number>();
  readonly #sizeMax: number;
  #bytesMax: number;
  #bytes = 0;

  constructor(sizeMax: number, bytesMax: number) {
    this.#sizeMax = sizeMax;
    this.#bytesMax = bytesMax;
  }

  has(shard: ShardId): boolean {
    return this.#shards.has(shard);
  }

  /** What is over a smaller bound goes with the next `surplus`. */
  setBytesMax(bytesMax: number): void {
    this.#bytesMax = bytesMax;
  }

  /** As the one used last. */
  add(shard: ShardId, bytes: number): void {
    this.delete(shard);
    this.#shards.set(shard, bytes);
    this.#bytes += bytes;
  }

  delete(shard: ShardId): void {
    this.#bytes -= this.#shards.get(shard) ?? 0;
    this.#shards.delete(shard);
  }

  all(): ShardId[] {
    return [...this.#shards.keys()];
  }

  /** Those over the bounds, and a quarter of the number with them, so that it need not be said one by one. */
  surplus(): ShardId[] {
    const isTooMany = this.#shards.size > this.#sizeMax;
    const sizeMax = isTooMany ? Math.floor(this.#sizeMax * 0.75) : this.#sizeMax;
    const surplus: ShardId[] = [];
    let bytesLeft = this.#bytes;
    for (const [shard, bytes] of this.#shards) {
      if (this.#shards.size - surplus.length <= sizeMax && bytesLeft <= this.#bytesMax) break;
      surplus.push(shard);
      bytesLeft -= bytes;
    }
    return surplus;
  }

  check(): void {
    assert(this.#shards.size <= this.#sizeMax, 'idle shards are bounded');
    assert(this.#bytes <= this.#bytesMax, 'idle bytes are bounded');
    let bytes = 0;
    for (const each of this.#shards.values()) bytes += each;
    assert(bytes === this.#bytes, 'idle bytes are counted');
  }
}
