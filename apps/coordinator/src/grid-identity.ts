import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What makes a data directory one grid over its restarts. */
export interface GridIdentity {
  /** The token of the grid's owner. */
  readonly token: string;
  /** Signs leases, so that a restarted coordinator knows the work it gave out before. 16 bytes. */
  readonly leaseKey: Uint8Array;
  /** Signs what volunteers are told; their browsers remember its public half. 32 bytes. */
  readonly gridKey: Uint8Array;
}

export function openGridIdentity(dataDir: string): GridIdentity {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return identityOf(ownerToken(dataDir));
}

export function identityOf(token: string): GridIdentity {
  const digest = createHash('sha256').update(`lease key of ${token}`).digest();
  const gridKey = createHash('sha256').update(`grid key of ${token}`).digest();
  const leaseKey = new Uint8Array(digest.subarray(0, 16));
  return { token, leaseKey, gridKey: new Uint8Array(gridKey) };
}

export function isOwnerToken(text: string): boolean {
  return /^mt_[\w-]{32}$/.test(text);
}

function ownerToken(dataDir: string): string {
  const path = join(dataDir, 'token');
  const known = readText(path);
  if (isOwnerToken(known)) return known;
  const fresh = `mt_${randomBytes(24).toString('base64url')}`;
  writeFileSync(path, `${fresh}\n`, { mode: 0o600 });
  return fresh;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
