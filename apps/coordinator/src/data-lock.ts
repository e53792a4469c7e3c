import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GridError } from '@manytabs/protocol';
import { FileLock } from '@manytabs/storage/node';

/**
 * Keeps a second process off a data directory. The system gives the lock back when its holder dies, however it dies.
 * @returns gives the directory back; twice does no harm
 * @throws {GridError} `data-in-use`, `storage-failed`
 */
export function lockDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = FileLock.take(join(dataDir, 'lock'));
  const pid = join(dataDir, 'pid');
  if (!lock) {
    const holder = readText(pid);
    throw new GridError('data-in-use', `Process ${holder || 'unknown'} works on ${dataDir}.`);
  }
  writeFileSync(pid, `${process.pid}\n`);
  return () => {
    if (!lock.isHeld) return;
    rmSync(pid, { force: true });
    lock.release();
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
