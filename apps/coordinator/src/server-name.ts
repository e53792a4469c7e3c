import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What makes a data directory one server over its restarts. */
export function openServerName(dataDir: string): string {
  const path = join(dataDir, 'server');
  const known = readText(path);
  if (/^[\w-]{8,64}$/.test(known)) return known;
  const fresh = randomUUID();
  writeFileSync(path, `${fresh}\n`);
  return fresh;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
