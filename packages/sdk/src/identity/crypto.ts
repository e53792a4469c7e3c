import { getPublicKey, hashes, keygen, sign, verify } from '@noble/ed25519';
import { sha256 as sha256Noble, sha512 } from '@noble/hashes/sha2.js';

// A page on a LAN address has no crypto.subtle, so identities never need it.
hashes.sha512 = sha512;

export interface KeyPair {
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

export function newKeyPair(): KeyPair {
  return keygen();
}

export function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  return getPublicKey(secretKey);
}

export function ed25519Sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return sign(message, secretKey);
}

/** False for anything that is not a valid signature, whatever its shape. */
export function ed25519Verify(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  try {
    return verify(signature, message, publicKey);
  } catch {
    return false;
  }
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return sha256Noble(bytes);
}

export function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}
