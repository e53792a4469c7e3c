import { sha256 } from '@manytabs/storage';

/** SHA-256 of the nonce and the bytes: only who has the bytes can tell. */
export function shardProof(nonce: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
  const both = new Uint8Array(nonce.length + bytes.length);
  both.set(nonce);
  both.set(bytes, nonce.length);
  return sha256(both);
}
