import { launchBrowser } from '@manytabs/browser';
import { type FileServer, pageOf, serve } from '@manytabs/browser/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { askPage } from '../test/remote-blobs.ts';
import { RemoteJournal, RemoteKeyValue } from '../test/remote-store.ts';
import { describeJournal, describeSharedJournal } from './journal/contract.ts';
import { describeKeyValue } from './key-value/contract.ts';

// Real Chromium: its transactions between tabs, its quota and its channels are what these tests are about.

let browser: Browser;
let server: FileServer;
let pages: Awaited<ReturnType<Browser['newContext']>>;
let names = 0;

beforeAll(async () => {
  browser = await launchBrowser();
  pages = await browser.newContext();
  server = await serve(await pageOf(new URL('../test/page.ts', import.meta.url)));
}, 60_000);
afterAll(async () => {
  await browser.close();
  await server.close();
}, 60_000);

/** Pages of one context share their databases and their channels. */
async function openPage(context: Pick<Browser, 'newPage'> = pages): Promise<Page> {
  const page = await context.newPage();
  await page.goto(server.origin);
  await page.waitForFunction(() => 'command' in window);
  return page;
}

async function openStore(page: Page, name: string): Promise<Page> {
  await askPage(page, { do: 'store', act: 'open', name });
  return page;
}

let journalPage: Page | undefined;
describeJournal(
  'IndexedDB',
  async () => {
    await journalPage?.close();
    journalPage = await openStore(await openPage(), 'journal');
    return new RemoteJournal(journalPage);
  },
  { timeoutMs: 60_000 },
);

describeSharedJournal(
  'IndexedDB',
  async () => {
    const name = `shared-${names++}`;
    const [first, second] = [await openPage(), await openPage()];
    return [
      new RemoteJournal(await openStore(first, name)),
      new RemoteJournal(await openStore(second, name)),
    ];
  },
  { timeoutMs: 60_000 },
);

async function openKeyValue(): Promise<RemoteKeyValue> {
  return await RemoteKeyValue.of(await openStore(await openPage(), 'key-value'));
}
describeKeyValue(
  'IndexedDB',
  { open: openKeyValue, beside: openKeyValue },
  { timeoutMs: 60_000, numRuns: 10 },
);

test('[ST10] a page whose quota is used up gets storage-full and keeps what it has', async () => {
  // In a context of its own: Chromium remembers for seconds how much room there was.
  const page = await openPage(browser);
  const session = await page.context().newCDPSession(page);
  const { origin } = server;
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 4 * 1024 * 1024 });
  await openStore(page, 'quota');
  const journal = new RemoteJournal(page);
  const kept = random(1);
  await journal.append(1, [{ partition: 'p', records: [kept] }]);
  const many = Array.from({ length: 16 }, (_, i) => random(i + 2));
  const work = journal.append(1, [{ partition: 'p', records: many }]);
  await expect(work).rejects.toMatchObject({ code: 'storage-full' });
  expect(await journal.count('p')).toBe(1);
  // Chromium remembers for some seconds how little room there was.
  const small = [{ partition: 'p', records: [new Uint8Array(10)] }];
  await vi.waitFor(() => journal.append(1, small), { timeout: 30_000, interval: 500 });
  expect(await journal.count('p')).toBe(2);
  const [first] = await journal.read('p', 0, 1);
  expect(first && Buffer.compare(first, kept)).toBe(0);
  await page.close();
}, 60_000);

test('[ST26] data of a newer page is refused', async () => {
  const page = await openPage();
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open('newer', 99);
        opening.onsuccess = () => {
          opening.result.close();
          resolve();
        };
      }),
  );
  await expect(openStore(page, 'newer')).rejects.toMatchObject({ code: 'storage-newer' });
  await page.close();
}, 60_000);

test('[ST14] a closed journal is storage-failed', async () => {
  const page = await openStore(await openPage(), 'closed');
  const journal = new RemoteJournal(page);
  await journal.close();
  const failed = { code: 'storage-failed' };
  await expect(journal.append(1, [])).rejects.toMatchObject(failed);
  await expect(journal.count('p')).rejects.toMatchObject(failed);
  await page.close();
}, 60_000);

/** A mebibyte that the database cannot compress away. */
function random(seed: number): Uint8Array {
  const bytes = new Uint8Array(1024 * 1024);
  let state = seed;
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
