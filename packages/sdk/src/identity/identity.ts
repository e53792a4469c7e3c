import { base32, type PeerId, type VolunteerId, volunteerId } from '@manytabs/protocol';
import { type KeyPair, newKeyPair, randomBytes, sha256 } from './crypto.ts';
import { parseHex } from './hex.ts';
import { storedKey } from './key-store.ts';
import { makeKey, type SigningKey, signingKey } from './signing-key.ts';

/** Who a tab is to the grid. The key stays in this browser; the peer id begins with the volunteer's and is new with each visit. */
export interface Identity {
  readonly volunteer: VolunteerId;
  readonly peer: PeerId;
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

const SLOTS = 64;

/**
 * The identity of this tab. A browser keeps one key per tab slot: the first tab of a visit is slot 0 again, so that a
 * returning volunteer keeps its record, and tabs side by side are different volunteers. Where the browser has no Web
 * Locks (plain http on a LAN) or no storage, the identity lives as long as the tab.
 */
export async function openIdentity(): Promise<Identity> {
  claimed ??= claimKey();
  return identityWith(await claimed);
}

/** Of this page: whoever stops and starts again is the same volunteer. */
let claimed: Promise<SigningKey> | undefined;

async function claimKey(): Promise<SigningKey> {
  const slot = await claimSlot();
  return signingKey(slot === undefined ? await makeKey() : await keyOfSlot(slot));
}

export function identityOf({ secretKey, publicKey }: KeyPair): Identity & {
  sign(message: Uint8Array): Uint8Array;
} {
  const { sign } = signingKey({ secretKey, publicKey });
  return { ...identityWith({ publicKey, sign }), sign: (message) => sign(message) as Uint8Array };
}

function identityWith({ publicKey, sign }: SigningKey): Identity {
  const volunteer = volunteerId(sha256(publicKey));
  const peer = `${volunteer}-${base32(randomBytes(5), 8)}` as PeerId;
  return { volunteer, peer, publicKey, sign };
}

/** Holds the lock until the tab closes. */
async function claimSlot(): Promise<number | undefined> {
  const { locks } = navigator;
  if (!locks) return undefined;
  for (let slot = 0; slot < SLOTS; slot++) {
    if (await tryLock(locks, `manytabs-slot-${slot}`)) return slot;
  }
  return undefined;
}

function tryLock(locks: LockManager, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const held = locks.request(name, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise<never>(() => {}) : undefined;
    });
    held.catch(() => resolve(false));
  });
}

/** An older version kept the key's bytes in localStorage: they move, and the volunteer stays who it is. */
async function keyOfSlot(slot: number) {
  const name = `manytabs-key-${slot}`;
  const older = olderKey(name);
  try {
    const kept = await storedKey(slot, older);
    if (older) localStorage.removeItem(name);
    return kept;
  } catch {
    // Storage is refused here (a private window, a third-party frame): the identity lasts as long as the tab.
    return makeKey(older ?? newKeyPair().secretKey);
  }
}

function olderKey(name: string): Uint8Array | undefined {
  try {
    const key = parseHex(localStorage.getItem(name) ?? '');
    return key?.length === 32 ? key : undefined;
  } catch {
    return undefined;
  }
}
