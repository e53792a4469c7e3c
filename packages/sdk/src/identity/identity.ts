import { base32, hex, type PeerId, type VolunteerId, volunteerId } from '@manytabs/protocol';
import {
  ed25519Sign,
  type KeyPair,
  newKeyPair,
  publicKeyOf,
  randomBytes,
  sha256,
} from './crypto.ts';

/** Who a tab is to the grid. The key stays in this browser; the peer id is new with each visit. */
export interface Identity {
  readonly volunteer: VolunteerId;
  readonly peer: PeerId;
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

const SLOTS = 64;

/**
 * The identity of this tab. A browser keeps one key per tab slot: the first tab of a visit is slot 0 again, so that a
 * returning volunteer keeps its record, and tabs side by side are different volunteers. Where the browser has no Web
 * Locks (plain http on a LAN) or no storage, the identity lives as long as the tab.
 */
export async function openIdentity(): Promise<Identity> {
  claimed ??= claimKeyPair();
  return identityOf(await claimed);
}

/** Of this page: whoever stops and starts again is the same volunteer. */
let claimed: Promise<KeyPair> | undefined;

async function claimKeyPair(): Promise<KeyPair> {
  const slot = await claimSlot();
  return slot === undefined ? newKeyPair() : storedKeyPair(`manytabs-key-${slot}`);
}

export function identityOf(keys: KeyPair): Identity {
  const volunteer = volunteerId(sha256(keys.publicKey));
  return {
    volunteer,
    peer: `${volunteer}-${base32(randomBytes(5), 8)}` as PeerId,
    publicKey: keys.publicKey,
    sign: (message) => ed25519Sign(message, keys.secretKey),
  };
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

function storedKeyPair(name: string): KeyPair {
  try {
    const stored = parseHex(localStorage.getItem(name) ?? '');
    if (stored?.length === 32) return { secretKey: stored, publicKey: publicKeyOf(stored) };
    const fresh = newKeyPair();
    localStorage.setItem(name, hex(fresh.secretKey));
    return fresh;
  } catch {
    // Storage is refused here (a private window, a third-party frame): the identity lasts as long as the tab.
    return newKeyPair();
  }
}

function parseHex(text: string): Uint8Array | undefined {
  if (!/^([0-9a-f]{2})+$/.test(text)) return undefined;
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
