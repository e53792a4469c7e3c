import { beforeEach, expect, test, vi } from 'vitest';

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
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  });
  return { close: () => held.clear() };
}

/** A module of its own is what a page is. */
async function openTab() {
  vi.resetModules();
  return (await import('./identity.ts')).openIdentity;
}

beforeEach(() => vi.unstubAllGlobals());

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
