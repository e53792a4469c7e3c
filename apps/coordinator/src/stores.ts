import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Blobs,
  type CollectedBlobs,
  GridError,
  type Journal,
  type KeyValue,
  LIMITS,
} from '@manytabs/protocol';
import { CountedBlobs } from '@manytabs/storage';
import {
  FileBlobs,
  SizedBlobs,
  SqliteBlobs,
  SqliteJournal,
  SqliteKeyValue,
  SqliteStore,
} from '@manytabs/storage/node';
import { type GridIdentity, identityOf, openGridIdentity } from './grid-identity.ts';
import { remoteBlobs } from './remote-blobs.ts';
import { sharedBlobs } from './shared-blobs.ts';
import { sharedToken } from './shared-token.ts';

/** What a grid is over its restarts, wherever that is kept. */
export interface Stores {
  readonly identity: GridIdentity;
  readonly journal: Journal;
  readonly keyValue: KeyValue;
  readonly blobs: CollectedBlobs;
  close(): Promise<void>;
}

/** Stores of a grid that may have several servers. */
export interface SharedStores extends Stores {
  /** The journal under the fence of one run of a server. */
  journalOf(epoch: number): Journal;
}

/** Larger files are not read through at the start, which would take more than about a second. */
const VERIFY_BYTES_MAX = 512 * 1024 * 1024;

/**
 * The stores of one server, in its data directory.
 * @throws {GridError} `storage-corrupt`, `storage-newer`, `storage-full`, `storage-failed`, `restore-unfinished`
 */
export function openLocalStores(dataDir: string): Stores {
  if (existsSync(restoringFile(dataDir))) throw unfinished(dataDir);
  const store = new SqliteStore(journalFile(dataDir));
  try {
    store.verify(VERIFY_BYTES_MAX);
    return {
      identity: openGridIdentity(dataDir),
      journal: new SqliteJournal(store),
      keyValue: new SqliteKeyValue(store),
      blobs: new CountedBlobs(localBlobs(store, dataDir)),
      close: async () => store.close(),
    };
  } catch (thrown) {
    store.close();
    throw thrown;
  }
}

export function journalFile(dataDir: string): string {
  return join(dataDir, 'journal.db');
}

/** There while a backup is being restored into the folder. */
export function restoringFile(dataDir: string): string {
  return join(dataDir, 'restoring');
}

/** There while a backup is being restored into the database. */
export const RESTORING_KEY = 'grid/restoring';

export function blobsFolder(dataDir: string): string {
  return join(dataDir, 'blobs');
}

/** Small shards beside the journal, large ones as files, or in a bucket but for those that were files before. A visitor only reads. */
export function localBlobs(
  store: SqliteStore,
  dataDir: string,
  role: { readonly isVisitor?: boolean } = {},
): Blobs {
  const small = new SqliteBlobs(store, role);
  const files = new FileBlobs(blobsFolder(dataDir), role);
  const remote = remoteBlobs(dataDir);
  const large = remote ? new SizedBlobs({ small: files, large: remote, smallBytesMax: -1 }) : files;
  return new SizedBlobs({ small, large, smallBytesMax: LIMITS.INLINE_SHARD_BYTES });
}

/**
 * The stores that servers share. The grid's token is there too, so every server answers to the same one.
 * @throws {GridError} `input-invalid`, `database-unreachable`, `database-refused`, `storage-newer`, `restore-unfinished`,
 * `blobs-unreachable`, `blobs-refused`, `usage`
 */
export async function openSharedStores(
  address: string,
  dataDir: string,
  blobsAddress: string | undefined,
): Promise<SharedStores> {
  const postgres = await import('@manytabs/storage/postgres');
  const store = await postgres.PostgresStore.open(address);
  try {
    const keyValue = new postgres.PostgresKeyValue(store);
    if (await keyValue.get(RESTORING_KEY)) throw unfinished('the database');
    const token = await sharedToken(keyValue, openGridIdentity(dataDir).token);
    const identity = identityOf(token);
    const journal = new postgres.PostgresJournal(store);
    const journalOf = (epoch: number) =>
      new postgres.PostgresJournal(store, { reign: `server/${epoch}` });
    const blobs = new postgres.PostgresBlobs(store, await sharedBlobs(keyValue, blobsAddress));
    return { identity, journal, journalOf, keyValue, blobs, close: () => store.close() };
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

function unfinished(where: string): GridError {
  return new GridError(
    'restore-unfinished',
    `A backup was restored into ${where}, not to its end.`,
  );
}
