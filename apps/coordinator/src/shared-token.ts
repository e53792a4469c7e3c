import { GridError, type KeyValue } from '@manytabs/protocol';
import { isOwnerToken } from './grid-identity.ts';

export const GRID_TOKEN_KEY = 'grid/token';

/**
 * The token of the grid in the database; the first server brings its own there, so that a grid that moves out of its
 * data directory keeps the token that people have.
 */
export async function sharedToken(keyValue: KeyValue, own: string): Promise<string> {
  const known = await keyValue.get(GRID_TOKEN_KEY);
  if (known) return checked(new TextDecoder().decode(known.value));
  try {
    await keyValue.put(GRID_TOKEN_KEY, new TextEncoder().encode(own), { expected: 0 });
    return own;
  } catch (thrown) {
    if (!(thrown instanceof GridError) || thrown.code !== 'version-conflict') throw thrown;
    // Another server was first.
    return sharedToken(keyValue, own);
  }
}

function checked(token: string): string {
  if (isOwnerToken(token)) return token;
  throw new GridError(
    'storage-failed',
    `The key ${GRID_TOKEN_KEY} of the database holds no token.`,
  );
}
