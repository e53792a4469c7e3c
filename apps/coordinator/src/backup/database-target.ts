import { GridError } from '@manytabs/protocol';
import type { PostgresStore } from '@manytabs/storage/postgres';
import { GRID_TOKEN_KEY } from '../shared-token.ts';
import { RESTORING_KEY } from '../stores.ts';
import type { Target } from './target.ts';

const FILLED = `
  SELECT EXISTS (SELECT FROM manytabs_record) OR EXISTS (SELECT FROM manytabs_entry) AS is_filled`;
const CLEAR = 'DELETE FROM manytabs_record';

/** @throws {GridError} `data-exists`, `database-unreachable`, `database-refused`, `storage-newer`, `storage-failed` */
export async function openDatabaseTarget(address: string): Promise<Target> {
  const postgres = await import('@manytabs/storage/postgres');
  const store = await postgres.PostgresStore.open(address);
  try {
    const keyValue = new postgres.PostgresKeyValue(store);
    await prepare(store, await keyValue.get(RESTORING_KEY));
    const marker = await keyValue.put(RESTORING_KEY, new Uint8Array(), { expected: 0 });
    return {
      journal: new postgres.PostgresJournal(store),
      keyValue,
      blobs: new postgres.PostgresBlobs(store),
      setToken: (token) => setToken(keyValue, token),
      finish: () => keyValue.delete(RESTORING_KEY, marker),
      close: () => store.close(),
    };
  } catch (thrown) {
    await store.close();
    throw thrown;
  }
}

async function prepare(store: PostgresStore, marker: unknown): Promise<void> {
  if (marker) {
    // Of an attempt that was cut short. Shards stay: they are named by what they hold.
    await store.query(CLEAR);
    await store.query('DELETE FROM manytabs_entry');
    return;
  }
  const [found] = await store.query<{ is_filled: boolean }>(FILLED);
  if (found?.is_filled) throw new GridError('data-exists', 'The database holds a grid already.');
}

/** A grid that lived in a folder has its token in no key. */
async function setToken(
  keyValue: { get: Target['keyValue']['get']; put: Target['keyValue']['put'] },
  token: string,
): Promise<void> {
  if (await keyValue.get(GRID_TOKEN_KEY)) return;
  await keyValue.put(GRID_TOKEN_KEY, new TextEncoder().encode(token), { expected: 0 });
}
