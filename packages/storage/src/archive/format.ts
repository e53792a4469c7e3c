/**
 * A backup is `manytabs backup 1\n`, then entries, each as its length (32 bits, big endian) and so many bytes, then the
 * SHA-256 of all that. The first line tells what it is to whoever looks into it.
 */
export const HEADING = 'manytabs backup ';
export const FORMAT = 1;
export const DIGEST_BYTES = 32;
export const LENGTH_BYTES = 4;
/** Above the largest shard and the largest record. */
export const ENTRY_BYTES_MAX = 64 * 1024 * 1024;

export function firstLine(format: number): Uint8Array {
  return new TextEncoder().encode(`${HEADING}${format}\n`);
}
