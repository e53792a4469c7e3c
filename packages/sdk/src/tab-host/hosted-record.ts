import {
  base32,
  decodeValue,
  encodeValue,
  type KeyValue,
  type PeerId,
  peerIdSchema,
  z,
} from '@manytabs/protocol';
import { randomBytes, sha256 } from '../identity/crypto.ts';

const KEY = 'grid/hosted';

const recordSchema = z.object({
  peer: peerIdSchema,
  token: z.string().check(z.regex(/^mt_[\w-]{32}$/)),
});

/** What makes a tab's stores one grid over its reloads. */
export type HostedRecord = z.infer<typeof recordSchema>;

/** The record of the grid in these stores; the first time one is drawn. @throws {GridError} `storage-failed` */
export async function hostedRecord(store: KeyValue): Promise<HostedRecord> {
  const found = await store.get(KEY);
  const known = found && recordSchema.safeParse(decodeValue(found.value));
  if (known?.success) return known.data;
  const fresh: HostedRecord = {
    peer: `host-${base32(randomBytes(15), 24)}` as PeerId,
    token: `mt_${base32(randomBytes(20), 32)}`,
  };
  await store.put(KEY, encodeValue(fresh), { expected: found?.version ?? 0 });
  return fresh;
}

/** As a server makes them of its token, so that leases and volunteers go on where the grid is moved to one. */
export function keysOf(token: string): { leaseKey: Uint8Array; gridKey: Uint8Array } {
  const keyFor = (use: string) => sha256(new TextEncoder().encode(`${use} key of ${token}`));
  return { leaseKey: keyFor('lease').slice(0, 16), gridKey: keyFor('grid') };
}
