import { join } from 'node:path';
import type { Blobs, Journal } from '@manytabs/protocol';
import { FileBlobs, SqliteJournal } from '@manytabs/storage/node';
import { type GridIdentity, identityOf, openGridIdentity } from './grid-identity.ts';
import { sharedToken } from './shared-token.ts';

/** What a grid is over its restarts, wherever that is kept. */
export interface Stores {
  readonly identity: GridIdentity;
  readonly journal: Journal;
  readonly blobs: Blobs;
  close(): Promise<void>;
}

/** The stores of one server, in its data directory. */
export function openLocalStores(dataDir: string): Stores {
  const journal = new SqliteJournal(join(dataDir, 'journal.db'));
  const blobs = new FileBlobs(join(dataDir, 'blobs'));
  return { identity: openGridIdentity(dataDir), journal, blobs, close: async () => {} };
}

/**
 * The stores that servers share. The grid's token is there too, so every server answers to the same one.
 * @throws {GridError} `input-invalid`, `database-unreachable`, `database-refused`, `storage-newer`
 */
export async function openSharedStores(address: string, dataDir: string): Promise<Stores> {
  const postgres = await import('@manytabs/storage/postgres');
  const store = await postgres.PostgresStore.open(address);
  try {
    const keyValue = new postgres.PostgresKeyValue(store);
    const token = await sharedToken(keyValue, openGridIdentity(dataDir).token);
    const journal = new postgres.PostgresJournal(store);
    const blobs = new postgres.PostgresBlobs(store);
    return { identity: identityOf(token), journal, blobs, close: () => store.close() };
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}
