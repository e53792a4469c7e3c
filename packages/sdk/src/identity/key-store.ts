import { openDB } from 'idb';
import { type KeptKey, makeKey, readKept } from './signing-key.ts';

const DATABASE = 'manytabs-identity';
const KEYS = 'keys';

/** The key of a slot, made where there is none. @throws what IndexedDB throws where it is refused */
export async function storedKey(slot: number, older?: Uint8Array): Promise<KeptKey> {
  const db = await openDB(DATABASE, 1, { upgrade: (fresh) => void fresh.createObjectStore(KEYS) });
  try {
    const known = readKept(await db.get(KEYS, slot));
    if (known) return known;
    const fresh = await makeKey(older);
    await db.put(KEYS, fresh, slot);
    return fresh;
  } finally {
    db.close();
  }
}
