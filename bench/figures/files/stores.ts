import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import type { Bench } from '../../bench.ts';
import type { Row } from '../../row.ts';
import { median } from '../../statistics.ts';

const SHARDS = 64;
const AT_ONCE = 6;

interface Spans {
  readonly put: number;
  readonly get: number;
}

/** Where a tab may keep shards: IndexedDB, and the browser's private files, by turns; shards a second. */
export async function stores(bench: Bench): Promise<readonly Row[]> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const context = await (await bench.browser()).newContext();
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return await measure(bench, page);
  } finally {
    await context.close();
    server.close();
  }
}

async function measure(bench: Bench, page: Page): Promise<Row[]> {
  const idb: Spans[] = [];
  const opfs: Spans[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const order = { name: `round-${round}`, shards: SHARDS, atOnce: AT_ONCE };
    idb.push(await page.evaluate(useIndexedDb, order));
    opfs.push(await page.evaluate(usePrivateFiles, order));
  }
  const rate = (spans: readonly Spans[], what: keyof Spans) =>
    median(spans.map((each) => (1_000 * SHARDS) / each[what]));
  const row = (what: keyof Spans, title: string): Row => ({
    figure: `shards of a MiB ${title} in IndexedDB`,
    value: rate(idb, what),
    unit: 'a second',
    beside: { name: 'OPFS', value: rate(opfs, what) },
  });
  return [row('put', 'stored'), row('get', 'read')];
}

// Both run in the page, and may name nothing outside themselves.

interface Order {
  readonly name: string;
  readonly shards: number;
  readonly atOnce: number;
}

async function useIndexedDb({ name, shards, atOnce }: Order): Promise<Spans> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('shards');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const put = (n: number) =>
    new Promise<void>((resolve, reject) => {
      const transaction = db.transaction('shards', 'readwrite', { durability: 'relaxed' });
      transaction.objectStore('shards').put(new Uint8Array(1_048_576).fill(n), n);
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => reject(transaction.error);
    });
  const get = (n: number) =>
    new Promise<void>((resolve, reject) => {
      const request = db.transaction('shards').objectStore('shards').get(n);
      request.onsuccess = () => resolve();
      request.onerror = () => reject(request.error);
    });
  const each = async (work: (n: number) => Promise<void>) => {
    const began = performance.now();
    let next = 0;
    const lane = async () => {
      while (next < shards) await work(next++);
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    return performance.now() - began;
  };
  const spans = { put: await each(put), get: await each(get) };
  db.close();
  indexedDB.deleteDatabase(name);
  return spans;
}

async function usePrivateFiles({ name, shards, atOnce }: Order): Promise<Spans> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(name, { create: true });
  const put = async (n: number) => {
    const file = await folder.getFileHandle(`${n}`, { create: true });
    const writable = await file.createWritable();
    await writable.write(new Uint8Array(1_048_576).fill(n));
    await writable.close();
  };
  const get = async (n: number) => {
    const handle = await folder.getFileHandle(`${n}`);
    await (await handle.getFile()).arrayBuffer();
  };
  const each = async (work: (n: number) => Promise<void>) => {
    const began = performance.now();
    let next = 0;
    const lane = async () => {
      while (next < shards) await work(next++);
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    return performance.now() - began;
  };
  const spans = { put: await each(put), get: await each(get) };
  await root.removeEntry(name, { recursive: true });
  return spans;
}
