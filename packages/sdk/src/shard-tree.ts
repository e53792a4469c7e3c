import { LIMITS, merkleRoot } from '@manytabs/protocol';
import { sha256 as digest } from '@manytabs/storage';
import { sha256 } from './identity/crypto.ts';

// A part of a shard is proven by the leaves of the whole: the Merkle root over the hashes of its pieces of LEAF_BYTES is
// kept with the file's name, beside the shard's id.

const { LEAF_BYTES } = LIMITS;
const DIGEST_BYTES = 32;
/** A larger part is not worth it: the whole shard is fetched, which others may have from here then. */
export const PART_BYTES_MAX = 256 * 1024;

/** Whole leaves of a shard, and the hashes of all its leaves. */
export interface ShardPart {
  readonly from: number;
  readonly bytes: Uint8Array;
  readonly leaves: Uint8Array;
}

/** The hashes of the shard's leaves, one after another. */
export async function leavesOf(bytes: Uint8Array): Promise<Uint8Array> {
  const count = Math.ceil(bytes.length / LEAF_BYTES);
  const leaves = new Uint8Array(count * DIGEST_BYTES);
  const hashes = Array.from({ length: count }, (_, i) => digest(leafAt(bytes, i)));
  for (const [i, hash] of (await Promise.all(hashes)).entries()) leaves.set(hash, i * DIGEST_BYTES);
  return leaves;
}

export async function treeOf(bytes: Uint8Array): Promise<Uint8Array> {
  return merkleRoot(await leavesOf(bytes), sha256);
}

/** The leaves in which `[from, to)` lies. */
export function cutPart(
  bytes: Uint8Array,
  leaves: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
): ShardPart {
  const start = from - (from % LEAF_BYTES);
  const end = Math.min(bytes.length, Math.ceil(to / LEAF_BYTES) * LEAF_BYTES);
  return { from: start, bytes: bytes.slice(start, end), leaves };
}

/** The bytes `[from, to)` out of a part; undefined where it is not of the shard with this tree. */
export async function provenBytes(
  part: ShardPart,
  tree: Uint8Array,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Uint8Array | undefined> {
  const { leaves, bytes } = part;
  const isWhole = part.from % LEAF_BYTES === 0 && part.from <= from;
  if (!isWhole || part.from + bytes.length < to || leaves.length % DIGEST_BYTES !== 0) return;
  if (!same(merkleRoot(leaves, sha256), tree)) return;
  const first = part.from / LEAF_BYTES;
  const own = await leavesOf(bytes);
  const start = first * DIGEST_BYTES;
  if (!same(own, leaves.subarray(start, start + own.length))) return;
  return bytes.slice(from - part.from, to - part.from);
}

function leafAt(bytes: Uint8Array, i: number): Uint8Array {
  return bytes.subarray(i * LEAF_BYTES, (i + 1) * LEAF_BYTES);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
