import { type Blobs, GridError, toGridError } from '@manytabs/protocol';
import { shardIdOf } from './digest.ts';
import { IdbBlobs } from './idb-blobs.ts';
import { MemoryBlobs } from './memory-blobs.ts';

export { IdbBlobs } from './idb-blobs.ts';
export { IdbJournal } from './journal/idb-journal.ts';
export { IdbKeyValue } from './key-value/idb-key-value.ts';
export { IdbStore } from './store/idb-store.ts';

export interface BrowserBlobs {
  readonly blobs: Blobs;
  /** `memory` is forgotten with the page. */
  readonly kept: 'indexeddb' | 'memory';
  /** Why it is only memory. */
  readonly reason?: GridError | undefined;
}

const MEMORY_BYTES_MAX = 256 * 1024 * 1024;

/** The best storage this page is allowed: private windows and embedded pages may have none that lasts. */
export async function openBrowserBlobs(name: string): Promise<BrowserBlobs> {
  try {
    if (typeof indexedDB === 'undefined') throw new GridError('storage-failed', 'No IndexedDB.');
    const blobs = await IdbBlobs.open(name);
    await probe(blobs);
    return { blobs, kept: 'indexeddb' };
  } catch (thrown) {
    const blobs = new MemoryBlobs({ bytesMax: MEMORY_BYTES_MAX });
    return { blobs, kept: 'memory', reason: toGridError(thrown, 'storage-failed') };
  }
}

/** Some browsers open a database for a page that may not write to it. A full one is still worth reading. */
async function probe(blobs: IdbBlobs): Promise<void> {
  const bytes = new Uint8Array(0);
  const shard = await shardIdOf(bytes);
  if (await blobs.has(shard)) return;
  try {
    await blobs.put(shard, bytes);
    await blobs.delete(shard);
  } catch (thrown) {
    if (toGridError(thrown, 'storage-failed').code !== 'storage-full') throw thrown;
  }
}
