import { decodeValue, encodeValue, GridError, type ShardId, z } from '@manytabs/protocol';

/** What a backup consists of, in this order. */
export type ArchiveEntry =
  | { readonly kind: 'grid'; readonly version: string; readonly at: number; readonly token: string }
  | { readonly kind: 'shard'; readonly shard: ShardId; readonly bytes: Uint8Array }
  | { readonly kind: 'records'; readonly partition: string; readonly records: Uint8Array[] }
  /** `version` is the key's; the store's own clock comes in `reign`. */
  | {
      readonly kind: 'key';
      readonly key: string;
      readonly version: number;
      readonly value: Uint8Array;
    }
  | { readonly kind: 'reign'; readonly epoch: number; readonly clock: number }
  | { readonly kind: 'end'; readonly entries: number };

const bytes = z.instanceof(Uint8Array);
const count = z.int().check(z.minimum(0));

const entrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('grid'), version: z.string(), at: z.number(), token: z.string() }),
  z.object({
    kind: z.literal('shard'),
    shard: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
    bytes,
  }),
  z.object({ kind: z.literal('records'), partition: z.string(), records: z.array(bytes) }),
  z.object({ kind: z.literal('key'), key: z.string(), version: count, value: bytes }),
  z.object({ kind: z.literal('reign'), epoch: count, clock: count }),
  z.object({ kind: z.literal('end'), entries: count }),
]);

export function encodeEntry(entry: ArchiveEntry): Uint8Array {
  return encodeValue(entry);
}

/** @throws {GridError} `backup-damaged` */
export function decodeEntry(body: Uint8Array): ArchiveEntry {
  try {
    return entrySchema.parse(decodeValue(body)) as ArchiveEntry;
  } catch (cause) {
    throw new GridError('backup-damaged', 'A part of the backup cannot be read.', { cause });
  }
}
