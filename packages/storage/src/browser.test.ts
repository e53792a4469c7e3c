import { launchBrowser } from '@manytabs/browser';
import { type FileServer, pageOf, serve } from '@manytabs/browser/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RemoteBlobs } from '../test/remote-blobs.ts';
import { describeCollectedBlobs, describeLastingBlobs } from './contract.ts';
import { CountedBlobs } from './counted-blobs.ts';
import { shardIdOfSync } from './node.ts';

// Real Chromium: its quota, its refusals and its structured cloning are what these tests are about.

let browser: Browser;
let server: FileServer;

beforeAll(async () => {
  browser = await launchBrowser();
  const files = await pageOf(new URL('../test/page.ts', import.meta.url));
  // An opaque origin may store nothing.
  const opaque = { ...files['/'], policy: 'sandbox allow-scripts' };
  server = await serve({ ...files, '/opaque': opaque });
}, 60_000);
afterAll(async () => {
  await browser.close();
  await server.close();
}, 60_000);

async function openPage(path = '/'): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(server.origin + path);
  await page.waitForFunction(() => 'command' in window);
  return page;
}

describeLastingBlobs(
  'IndexedDB',
  async () => {
    const page = await openPage();
    const blobs = new RemoteBlobs(page);
    let count = 0;
    const open = async (name: string) => {
      await blobs.do({ do: 'open', name });
      return blobs;
    };
    return {
      open: () => open(`shards-${++count}`),
      reopen: async () => {
        await blobs.close();
        await page.reload();
        await page.waitForFunction(() => 'command' in window);
        return open(`shards-${count}`);
      },
      rot: async (shard) => {
        await blobs.do({ do: 'rot', shard });
      },
      close: () => page.close(),
    };
  },
  { timeoutMs: 60_000 },
);

describeCollectedBlobs(
  'IndexedDB',
  async () => {
    const page = await openPage();
    const blobs = new RemoteBlobs(page);
    await blobs.do({ do: 'open', name: 'collected' });
    return { open: async () => new CountedBlobs(blobs), close: () => page.close() };
  },
  { numRuns: 20 },
);

function shardOf(fill: number, length = 1024 * 1024) {
  // Random-looking, or the database would compress it away.
  const bytes = new Uint8Array(length);
  let state = fill;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return { shard: shardIdOfSync(bytes), bytes };
}

test('[ST10] a page whose quota is used up gets storage-full and keeps what it has', async () => {
  const page = await openPage();
  const blobs = new RemoteBlobs(page);
  const session = await page.context().newCDPSession(page);
  const { origin } = server;
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 4 * 1024 * 1024 });
  await blobs.do({ do: 'open', name: 'quota' });
  const kept = shardOf(1);
  await blobs.put(kept.shard, kept.bytes);
  const puts = Array.from({ length: 16 }, (_, i) => shardOf(i + 2));
  const outcomes = await Promise.allSettled(
    puts.map(({ shard, bytes }) => blobs.put(shard, bytes)),
  );
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'storage-full' });
  expect(Buffer.compare((await blobs.get(kept.shard)) ?? Buffer.of(1), kept.bytes)).toBe(0);
  await page.close();
}, 60_000);

test('[ST15] a page that may store nothing keeps shards in memory and says why', async () => {
  const page = await openPage('/opaque');
  const blobs = new RemoteBlobs(page);
  const best = await blobs.do({ do: 'open-best', name: 'anything' });
  expect(best).toEqual({ kept: 'memory', code: 'storage-failed' });
  const { shard, bytes } = shardOf(1, 1000);
  await blobs.put(shard, bytes);
  expect((await blobs.get(shard))?.length).toBe(1000);
  await expect(blobs.do({ do: 'open', name: 'anything' })).rejects.toMatchObject({
    code: 'storage-failed',
  });
  await page.close();
}, 60_000);

test('[ST15] an ordinary page gets IndexedDB', async () => {
  const page = await openPage();
  const blobs = new RemoteBlobs(page);
  expect(await blobs.do({ do: 'open-best', name: 'best' })).toEqual({ kept: 'indexeddb' });
  expect(await blobs.list()).toEqual([]);
  await page.close();
}, 60_000);

test('[ST14] closed IndexedDB is storage-failed', async () => {
  const page = await openPage();
  const blobs = new RemoteBlobs(page);
  await blobs.do({ do: 'open', name: 'closed' });
  await blobs.close();
  const { shard, bytes } = shardOf(1, 10);
  const expected = { code: 'storage-failed' };
  await expect(blobs.put(shard, bytes)).rejects.toMatchObject(expected);
  await expect(blobs.get(shard)).rejects.toMatchObject(expected);
  await expect(blobs.list()).rejects.toMatchObject(expected);
  await page.close();
}, 60_000);
