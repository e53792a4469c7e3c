import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Access, drawToken, hashToken } from 'manytabs/host';

/** The token in the volunteer's address of a private grid: it lets in, and makes no result count more. */
export async function openInvitation(dataDir: string, { tokens, audit }: Access): Promise<string> {
  const path = join(dataDir, 'invitation');
  const known = readToken(path);
  if (known !== '' && isValid(tokens, known)) return known;
  const { id, token } = drawToken('token');
  const order = { id, hash: hashToken(token), scope: 'volunteer', name: 'invitation' } as const;
  await tokens.create({ ...order, origins: [], trusted: false, quota: {} });
  const note = 'volunteer invitation';
  await audit.append({ actor: 'grid', action: 'token-created', subject: id, note });
  writeFileSync(path, `${token}\n`, { mode: 0o600 });
  return token;
}

function isValid(tokens: Access['tokens'], token: string): boolean {
  try {
    return tokens.check(token).scope === 'volunteer';
  } catch {
    return false;
  }
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
