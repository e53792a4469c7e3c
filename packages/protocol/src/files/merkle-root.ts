import { assert } from '../assert.ts';

export type Sha256 = (bytes: Uint8Array) => Uint8Array;

const DIGEST_BYTES = 32;

/**
 * The root over shard ids, 32 bytes each: as in RFC 6962, leaves and nodes are hashed under different prefixes, and an
 * odd node moves up as it is. No ids at all have the root of no bytes.
 */
export function merkleRoot(ids: Uint8Array, sha256: Sha256): Uint8Array {
  assert(ids.length % DIGEST_BYTES === 0, 'ids are digests');
  if (ids.length === 0) return sha256(new Uint8Array(0));
  let level: Uint8Array[] = [];
  for (let at = 0; at < ids.length; at += DIGEST_BYTES) {
    level.push(sha256(prefixed(0, ids.subarray(at, at + DIGEST_BYTES))));
  }
  while (level.length > 1) level = above(level, sha256);
  return level[0] as Uint8Array;
}

function above(level: readonly Uint8Array[], sha256: Sha256): Uint8Array[] {
  const nodes: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const [left, right] = level.slice(i, i + 2);
    if (left && right) nodes.push(sha256(prefixed(1, left, right)));
    else if (left) nodes.push(left);
  }
  return nodes;
}

function prefixed(prefix: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(1 + parts.length * DIGEST_BYTES);
  bytes[0] = prefix;
  for (const [i, part] of parts.entries()) bytes.set(part, 1 + i * DIGEST_BYTES);
  return bytes;
}
