import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GridError } from '@manytabs/protocol';
import type { ArchiveSource } from '@manytabs/storage';
import { SqliteJournal, SqliteKeyValue, SqliteStore } from '@manytabs/storage/node';
import { isOwnerToken } from '../grid-identity.ts';
import { knownBlobs } from '../shared-blobs.ts';
import { GRID_TOKEN_KEY } from '../shared-token.ts';
import { journalFile, localBlobs } from '../stores.ts';

/** Where a grid is kept. */
export interface Place {
  readonly dataDir: string;
  /** `postgres://…`: there, and not in the folder. */
  readonly database?: string | undefined;
}

/**
 * Lets `use` read a grid as it is at one moment, whether a coordinator works on it or not.
 * @throws {GridError} `file-missing` where there is none, and what opening a store throws
 */
export function withSource<T>(
  place: Place,
  use: (source: ArchiveSource) => Promise<T>,
): Promise<T> {
  const { dataDir, database } = place;
  return database === undefined ? fromFolder(dataDir, use) : fromDatabase(database, use);
}

async function fromFolder<T>(
  dataDir: string,
  use: (source: ArchiveSource) => Promise<T>,
): Promise<T> {
  const path = journalFile(dataDir);
  if (!existsSync(path)) throw missing(dataDir);
  const store = new SqliteStore(path);
  const blobs = localBlobs(store, dataDir, { isVisitor: true });
  const [journal, keyValue] = [new SqliteJournal(store), new SqliteKeyValue(store)];
  const token = readFileSync(join(dataDir, 'token'), 'utf8').trim();
  try {
    return await store.atOnce(() => use({ token, journal, keyValue, blobs }));
  } finally {
    store.close();
  }
}

async function fromDatabase<T>(
  address: string,
  use: (source: ArchiveSource) => Promise<T>,
): Promise<T> {
  const postgres = await import('@manytabs/storage/postgres');
  const store = await postgres.PostgresStore.open(address);
  try {
    return await store.atOnce(async (then) => {
      const keyValue = new postgres.PostgresKeyValue(then);
      const journal = new postgres.PostgresJournal(then);
      const token = new TextDecoder().decode((await keyValue.get(GRID_TOKEN_KEY))?.value);
      if (!isOwnerToken(token)) throw missing('the database');
      const blobs = new postgres.PostgresBlobs(then, await knownBlobs(keyValue));
      return use({ token, journal, keyValue, blobs });
    });
  } finally {
    await store.close();
  }
}

function missing(where: string): GridError {
  return new GridError('file-missing', `There is no grid in ${where}.`);
}
