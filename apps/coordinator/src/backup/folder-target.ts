import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GridError } from '@manytabs/protocol';
import { SqliteJournal, SqliteKeyValue, SqliteStore } from '@manytabs/storage/node';
import { lockDataDir } from '../data-lock.ts';
import { blobsFolder, journalFile, localBlobs, restoringFile } from '../stores.ts';
import type { Target } from './target.ts';

/** @throws {GridError} `data-exists`, `data-in-use`, `storage-full`, `storage-failed` */
export function openFolderTarget(dataDir: string): Target {
  const unlock = lockDataDir(dataDir);
  try {
    return open(dataDir, unlock);
  } catch (thrown) {
    unlock();
    throw thrown;
  }
}

function open(dataDir: string, unlock: () => void): Target {
  const marker = restoringFile(dataDir);
  if (existsSync(marker)) clear(dataDir);
  else refuseGrid(dataDir);
  writeFileSync(marker, '');
  const store = new SqliteStore(journalFile(dataDir));
  return {
    journal: new SqliteJournal(store),
    keyValue: new SqliteKeyValue(store),
    blobs: localBlobs(store, dataDir),
    async setToken(token) {
      writeFileSync(join(dataDir, 'token'), `${token}\n`, { mode: 0o600 });
    },
    async finish() {
      await store.settle();
      rmSync(marker);
    },
    async close() {
      store.close();
      unlock();
    },
  };
}

function refuseGrid(dataDir: string): void {
  const found = [journalFile(dataDir), join(dataDir, 'token')].find((path) => existsSync(path));
  if (found) throw new GridError('data-exists', `${dataDir} holds a grid already: ${found}.`);
}

/** What an attempt that was cut short has left. */
function clear(dataDir: string): void {
  const journal = journalFile(dataDir);
  const files = [journal, `${journal}-wal`, `${journal}-shm`, join(dataDir, 'token')];
  for (const path of files) rmSync(path, { force: true });
  rmSync(blobsFolder(dataDir), { recursive: true, force: true });
}
