export { type ArchiveSource, archiveChunks, archiveEntries } from './archive/contents.ts';
export { CachedBlobs, type CachedBlobsOptions } from './cached-blobs.ts';
export { CountedBlobs } from './counted-blobs.ts';
export { sha256, shardIdOf, verifyShard } from './digest.ts';
export { MemoryJournal } from './journal/memory-journal.ts';
export { KEY_CHARS_MAX, LIST_MAX, VALUE_BYTES_MAX } from './key-value/bounds.ts';
export { MemoryKeyValue } from './key-value/memory-key-value.ts';
export { MemoryBlobs, type MemoryBlobsOptions } from './memory-blobs.ts';
