import { createHash } from 'node:crypto';
import { type ShardId, shardId } from '@manytabs/protocol';

export { readArchive, verifyArchive } from './archive/archive-reader.ts';
export { ArchiveWriter } from './archive/archive-writer.ts';
export type { ArchiveEntry } from './archive/entry.ts';
export { FileBlobs } from './file-blobs.ts';
export { SqliteJournal } from './journal/sqlite-journal.ts';
export { SqliteKeyValue } from './key-value/sqlite-key-value.ts';
export { readS3Address, type S3Address } from './s3/s3-address.ts';
export { S3Blobs, type S3Keys } from './s3/s3-blobs.ts';
export { SizedBlobs } from './sized-blobs.ts';
export { SqliteBlobs } from './sqlite-blobs.ts';
export { FileLock } from './store/file-lock.ts';
export { SqliteStore, type SqliteStoreOptions } from './store/sqlite-store.ts';

/** SHA-256 without waiting. */
export function sha256Sync(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

export function shardIdOfSync(bytes: Uint8Array): ShardId {
  return shardId(sha256Sync(bytes));
}
