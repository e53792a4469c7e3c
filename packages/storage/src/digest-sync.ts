import { createHash } from 'node:crypto';
import { type ShardId, shardId } from '@manytabs/protocol';

/** SHA-256 without waiting. */
export function sha256Sync(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

export function shardIdOfSync(bytes: Uint8Array): ShardId {
  return shardId(sha256Sync(bytes));
}
