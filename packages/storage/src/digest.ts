import { GridError, type ShardId, shardId } from '@manytabs/protocol';

/**
 * SHA-256. A page of a LAN address over plain http is no secure context and has no `crypto.subtle`; it loads a slower
 * implementation when it needs one.
 */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (!subtle) return sha256WithoutSubtle(bytes);
  return new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

export async function sha256WithoutSubtle(bytes: Uint8Array): Promise<Uint8Array> {
  const noble = await import('@noble/hashes/sha2.js');
  return noble.sha256(bytes);
}

export async function shardIdOf(bytes: Uint8Array): Promise<ShardId> {
  return shardId(await sha256(bytes));
}

export async function isShard(shard: ShardId, bytes: Uint8Array): Promise<boolean> {
  return (await shardIdOf(bytes)) === shard;
}

/** @throws {GridError} `shard-corrupt` where the bytes do not hash to the id. */
export async function verifyShard(shard: ShardId, bytes: Uint8Array): Promise<void> {
  if (await isShard(shard, bytes)) return;
  throw new GridError('shard-corrupt', `${bytes.length} bytes do not hash to shard ${shard}.`);
}
