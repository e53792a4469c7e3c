import type { ShardId } from '@manytabs/protocol';

const DIGEST_BYTES = 32;

/** The SHA-256 that a shard is named by. */
export function digestOf(shard: ShardId): Uint8Array {
  return Uint8Array.from({ length: DIGEST_BYTES }, (_, i) =>
    Number.parseInt(shard.slice(2 * i, 2 * i + 2), 16),
  );
}
