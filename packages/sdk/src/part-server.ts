import type { ShardId } from '@manytabs/protocol';
import { cutPart, leavesOf, type ShardPart } from './shard-tree.ts';

/** A kilobyte each. */
const LEAVES_MAX = 1_024;

/** Parts of shards for others; the leaves of those asked for last are remembered. */
export class PartServer {
  readonly #read: (shard: ShardId) => Promise<Uint8Array | undefined>;
  readonly #leaves = new Map<ShardId, Uint8Array>();

  constructor(read: (shard: ShardId) => Promise<Uint8Array | undefined>) {
    this.#read = read;
  }

  /** Undefined where the shard is not here or has no such part. */
  async part(
    shard: ShardId,
    range: { readonly from: number; readonly to: number },
  ): Promise<ShardPart | undefined> {
    const bytes = await this.#read(shard);
    if (!bytes || range.from >= range.to || range.to > bytes.length) return undefined;
    return cutPart(bytes, await this.#leavesOf(shard, bytes), range);
  }

  async #leavesOf(shard: ShardId, bytes: Uint8Array): Promise<Uint8Array> {
    const leaves = this.#leaves.get(shard) ?? (await leavesOf(bytes));
    this.#leaves.delete(shard);
    this.#leaves.set(shard, leaves);
    if (this.#leaves.size > LEAVES_MAX) {
      for (const oldest of this.#leaves.keys()) {
        this.#leaves.delete(oldest);
        break;
      }
    }
    return leaves;
  }
}
