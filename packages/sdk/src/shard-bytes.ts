import { type ShardId, shardId } from '@manytabs/protocol';
import { sha256 } from './identity/crypto.ts';

/** Shards by id, to be stored where they are lacking. */
export type ShardBytes = Map<ShardId, Uint8Array>;

export function addShard(bytes: Uint8Array, shards: ShardBytes): ShardId {
  const shard = shardId(sha256(bytes));
  shards.set(shard, bytes);
  return shard;
}
