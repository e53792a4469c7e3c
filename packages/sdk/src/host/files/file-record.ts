import {
  type CodeScheme,
  type Durability,
  decodeValue,
  encodeValue,
  FileLayout,
  type ShardId,
  shardId,
} from '@manytabs/protocol';

/** A folder as its parent keeps it; what is in it is filed under its id. */
export interface FolderRecord {
  readonly kind: 'folder';
  readonly id: string;
  readonly owner: string;
  readonly at: number;
}

/** One version of a file. Its ids are here while they are few, else in pages that the coordinator keeps. */
export interface FileRecord {
  readonly kind: 'file';
  readonly bytes: number;
  readonly contentType: string;
  readonly owner: string;
  readonly at: number;
  readonly durability: Durability;
  readonly replicas: number;
  readonly code: CodeScheme | null;
  readonly shardBytes: number;
  readonly root: Uint8Array;
  readonly inline: Uint8Array | null;
  readonly ids: Uint8Array | null;
  readonly pages: Uint8Array | null;
  /** Roots over the leaves of its data shards, 32 bytes each; pages where they are many; not every file has them. */
  readonly trees?: Uint8Array | null | undefined;
  readonly treePages?: Uint8Array | null | undefined;
}

export type NameRecord = FolderRecord | FileRecord;

/** The content of a file up to this size is kept with its name. */
export const INLINE_FILE_BYTES = 1024;
/** So many ids are kept with the name. */
export const IDS_WITH_NAME_MAX = 256;
export const IDS_PER_PAGE = 32_768;
const ID_BYTES = 32;

export function encodeRecord(record: NameRecord): Uint8Array {
  return encodeValue(record);
}

/** Our own bytes: what does not decode is a damaged store, and throws. */
export function decodeRecord(bytes: Uint8Array): NameRecord {
  return decodeValue(bytes) as NameRecord;
}

export function layoutOf(record: FileRecord): FileLayout {
  return new FileLayout(record.bytes, record.shardBytes, record.code);
}

export function isInline(record: FileRecord): boolean {
  return record.inline !== null;
}

export function idAt(ids: Uint8Array, number: number): ShardId {
  return shardId(ids.subarray(number * ID_BYTES, (number + 1) * ID_BYTES));
}

export function idsOf(ids: Uint8Array): ShardId[] {
  return Array.from({ length: ids.length / ID_BYTES }, (_, number) => idAt(ids, number));
}
