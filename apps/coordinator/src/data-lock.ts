import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GridError } from '@manytabs/protocol';

/**
 * Keeps a second coordinator off a data directory while one is up. A lock whose process is gone (killed, or the machine
 * went down) does not count.
 * @returns gives the directory back
 * @throws {GridError} `data-in-use`
 */
export function lockDataDir(dataDir: string): () => void {
  const path = join(dataDir, 'pid');
  const holder = Number.parseInt(readText(path), 10);
  if (holder !== process.pid && isAlive(holder)) {
    throw new GridError('data-in-use', `Process ${holder} runs a grid on ${dataDir}.`);
  }
  writeFileSync(path, `${process.pid}\n`);
  return () => rmSync(path, { force: true });
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
