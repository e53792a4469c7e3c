import { helloBytes, hex } from '@manytabs/protocol';
import { beforeEach, expect, test, vi } from 'vitest';
import { ed25519Verify, newKeyPair } from './crypto.ts';
import { identityOf } from './identity.ts';
import { type KeptKey, makeKey, signingKey } from './signing-key.ts';

/** Web Locks of one browser, and its storage: what tabs of it share. */
function browser() {
  const held = new Set<string>();
  const stored = new Map<string, string>();
  const locks = {
    request: async (name: string, _options: object, use: (lock: object | null) => unknown) => {
      if (held.has(name)) return use(null);
      held.add(name);
      return use({ name });
    },
  };
  vi.stubGlobal('navigator', { locks });
  const kept = new Map<number, Promise<KeptKey>>();
  vi.doMock('./key-store.ts', () => ({
    storedKey: (slot: number, older?: Uint8Array) => {
      const key = kept.get(slot) ?? makeKey(older);
      kept.set(slot, key);
      return key;
    },
  }));
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
  return { close: () => held.clear(), stored };
}

/** A module of its own is what a page is. */
async function openTab() {
  vi.resetModules();
  return (await import('./identity.ts')).openIdentity;
}

beforeEach(() => {
  vi.unstubAllGlobals();
  vi.doUnmock('./key-store.ts');
});

test('[VO41] a tab that starts again is the same volunteer, on another link', async () => {
  browser();
  const openIdentity = await openTab();
  const [first, again] = [await openIdentity(), await openIdentity()];
  expect(again.volunteer).toBe(first.volunteer);
  expect(again.peer).not.toBe(first.peer);
});

test('[VO41] tabs side by side are different volunteers, and the first of the next visit is the first', async () => {
  const { close } = browser();
  const first = await (await openTab())();
  const second = await (await openTab())();
  expect(second.volunteer).not.toBe(first.volunteer);
  close();
  expect((await (await openTab())()).volunteer).toBe(first.volunteer);
});

test('[VO41] without locks the identity lasts as long as the tab', async () => {
  vi.stubGlobal('navigator', {});
  const openIdentity = await openTab();
  expect((await openIdentity()).volunteer).toBe((await openIdentity()).volunteer);
  expect((await (await openTab())()).volunteer).not.toBe((await openIdentity()).volunteer);
});

test('[AC16] a key that an older version kept as text is moved away from there, and the volunteer stays', async () => {
  const { stored } = browser();
  const keys = newKeyPair();
  stored.set('manytabs-key-0', hex(keys.secretKey));
  const moved = await (await openTab())();
  expect(moved.volunteer).toBe(identityOf(keys).volunteer);
  expect([...stored.values()]).toEqual([]);
});

test('[AC16] where the browser can, the secret half is out of reach, and signs all the same', async () => {
  const kept = await makeKey();
  expect('privateKey' in kept && kept.privateKey.extractable).toBe(false);
  const message = helloBytes(new Uint8Array(32), 'v' as never);
  const signature = await signingKey(kept).sign(message);
  expect(ed25519Verify(signature, message, kept.publicKey)).toBe(true);
});

test('[AC16] where it cannot, the bytes are kept and sign', async () => {
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const kept = await makeKey();
  expect('secretKey' in kept).toBe(true);
  const message = new Uint8Array([1, 2, 3]);
  expect(ed25519Verify(await signingKey(kept).sign(message), message, kept.publicKey)).toBe(true);
});
