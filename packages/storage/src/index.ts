export { CachedBlobs, type CachedBlobsOptions } from './cached-blobs.ts';
export { sha256, shardIdOf, verifyShard } from './digest.ts';
export { MemoryJournal } from './journal/memory-journal.ts';
export { MemoryBlobs, type MemoryBlobsOptions } from './memory-blobs.ts';
