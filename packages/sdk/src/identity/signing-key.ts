import { ed25519Sign, newKeyPair, publicKeyOf } from './crypto.ts';

/** An Ed25519 key that signs; its secret half is where its page cannot read it, in browsers that can do that. */
export interface SigningKey {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** What a browser keeps of a key: a CryptoKey that no script can read, or the bytes where it makes none. */
export type KeptKey =
  | { readonly publicKey: Uint8Array; readonly privateKey: CryptoKey }
  | { readonly publicKey: Uint8Array; readonly secretKey: Uint8Array };

/** RFC 8410: what comes before the 32 bytes of an Ed25519 key in PKCS #8. */
const PKCS8_HEAD = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];

/** A fresh key, or one from the bytes that an older version kept. */
export async function makeKey(secretKey = newKeyPair().secretKey): Promise<KeptKey> {
  const publicKey = publicKeyOf(secretKey);
  const privateKey = await lockAway(secretKey);
  return privateKey ? { publicKey, privateKey } : { publicKey, secretKey };
}

export function signingKey(kept: KeptKey): SigningKey {
  const { publicKey } = kept;
  if ('secretKey' in kept) {
    return { publicKey, sign: (message) => ed25519Sign(message, kept.secretKey) };
  }
  return {
    publicKey,
    async sign(message) {
      const bytes = message as Uint8Array<ArrayBuffer>;
      return new Uint8Array(await crypto.subtle.sign('Ed25519', kept.privateKey, bytes));
    },
  };
}

/** Undefined where the page has no `crypto.subtle` (plain http on a LAN), or the browser no Ed25519. */
async function lockAway(secretKey: Uint8Array): Promise<CryptoKey | undefined> {
  try {
    const pkcs8 = Uint8Array.from([...PKCS8_HEAD, ...secretKey]);
    return await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign']);
  } catch {
    return undefined;
  }
}

/** What a store gave back, if it is a key. */
export function readKept(value: unknown): KeptKey | undefined {
  const kept = (value ?? {}) as { publicKey?: unknown; privateKey?: unknown; secretKey?: unknown };
  const { publicKey, privateKey, secretKey } = kept;
  if (!isBytes(publicKey)) return undefined;
  if (isBytes(secretKey)) return { publicKey, secretKey };
  const isLocked = typeof CryptoKey === 'function' && privateKey instanceof CryptoKey;
  return isLocked ? { publicKey, privateKey } : undefined;
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === 32;
}
