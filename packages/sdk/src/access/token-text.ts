import { base32 } from '@manytabs/protocol';
import { randomBytes, sha256 } from '../identity/crypto.ts';

const SHAPE = /^m[tk]_([a-z2-7]{12})_[a-z2-7]{32}$/;

/** A new token: `mt_` (a site key: `mk_`), its id, and 160 random bits. */
export function drawToken(kind: 'token' | 'site-key'): {
  readonly id: string;
  readonly token: string;
} {
  const id = base32(randomBytes(8), 12);
  const prefix = kind === 'token' ? 'mt' : 'mk';
  return { id, token: `${prefix}_${id}_${base32(randomBytes(20), 32)}` };
}

export function idOfToken(token: string): string | undefined {
  return SHAPE.exec(token)?.[1];
}

/** A token holds more chance than anybody can try, so one plain hash keeps it. */
export function hashToken(token: string): Uint8Array {
  return sha256(new TextEncoder().encode(token));
}

/** Takes as long for any two of one length. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}
