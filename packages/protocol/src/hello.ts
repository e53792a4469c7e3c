import type { PeerId } from './ids.ts';

/** What a volunteer signs to prove its identity on one link. */
export function helloBytes(nonce: Uint8Array, peer: PeerId): Uint8Array {
  const label = new TextEncoder().encode(`manytabs join ${peer} `);
  const bytes = new Uint8Array(label.length + nonce.length);
  bytes.set(label);
  bytes.set(nonce, label.length);
  return bytes;
}
