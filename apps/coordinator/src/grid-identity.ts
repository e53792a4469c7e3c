import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What makes a data directory one grid over its restarts. */
export interface GridIdentity {
  /** The token of the grid's owner. */
  readonly token: string;
  /** One more with every start: later leases outrank earlier ones. */
  readonly epoch: number;
  readonly seed: number;
}

export function openGridIdentity(dataDir: string): GridIdentity {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return {
    token: ownerToken(dataDir),
    epoch: nextEpoch(dataDir),
    seed: randomBytes(4).readUInt32LE(),
  };
}

function ownerToken(dataDir: string): string {
  const path = join(dataDir, 'token');
  const known = readText(path);
  if (/^mt_[\w-]{32}$/.test(known)) return known;
  const fresh = `mt_${randomBytes(24).toString('base64url')}`;
  writeFileSync(path, `${fresh}\n`, { mode: 0o600 });
  return fresh;
}

function nextEpoch(dataDir: string): number {
  const path = join(dataDir, 'epoch');
  const epoch = (Number.parseInt(readText(path), 10) || 0) + 1;
  writeFileSync(path, `${epoch}\n`);
  return epoch;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
