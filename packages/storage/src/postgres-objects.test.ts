import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from '@manytabs/protocol';
import S3rver from 's3rver';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PostgresServer } from '../test/postgres-server.ts';
import { shardIdOf } from './digest.ts';
import { PostgresBlobs, PostgresStore } from './postgres.ts';
import { readS3Address } from './s3/s3-address.ts';
import { S3Blobs } from './s3/s3-blobs.ts';

// A real PostgreSQL and a store of objects: what one server puts, the others read, and a removal that comes late harms nothing.

const KEYS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
const folder = mkdtempSync(join(tmpdir(), 'manytabs-objects-'));
let postgres: PostgresServer;
let s3: S3rver;
let objects: S3Blobs;
let stores: PostgresStore[] = [];

beforeAll(async () => {
  postgres = await PostgresServer.start();
  const configureBuckets = [{ name: 'grid', configs: [] }];
  s3 = new S3rver({ port: 0, silent: true, directory: folder, configureBuckets });
  const { port } = await s3.run();
  objects = new S3Blobs(readS3Address(`s3://grid/one?endpoint=http://127.0.0.1:${port}`), KEYS);
}, 60_000);
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await s3.close();
  await postgres.close();
  rmSync(folder, { recursive: true });
}, 60_000);

async function servers(database: string): Promise<[PostgresBlobs, PostgresBlobs]> {
  await postgres.create(database);
  const address = postgres.address(database);
  const opened = await Promise.all([PostgresStore.open(address), PostgresStore.open(address)]);
  stores = [...stores, ...opened];
  return opened.map((store) => new PostgresBlobs(store, objects)) as [PostgresBlobs, PostgresBlobs];
}

async function large(fill: number) {
  const bytes = new Uint8Array(100_000).fill(fill);
  return { bytes, shard: await shardIdOf(bytes) };
}

const usesOf = async (blobs: PostgresBlobs) => must((await blobs.list())[0], 'a shard').uses;
const isKept = async (database: string) => {
  const store = await PostgresStore.open(postgres.address(database));
  const [row] = await store.query<{ name: Buffer }>('SELECT bytes AS name FROM manytabs_blob');
  await store.close();
  return row?.name.toString() ?? '';
};

test('[ST96] a large shard is an object of the bucket and a small one a row, and every server reads both', async () => {
  const [a, b] = await servers('both');
  const { shard, bytes } = await large(1);
  const small = new Uint8Array(100).fill(2);
  const smallShard = await shardIdOf(small);
  await a.put(shard, bytes);
  await a.put(smallShard, small);
  expect(await b.get(shard)).toEqual(bytes);
  expect(await b.get(smallShard)).toEqual(small);
  expect(await b.size()).toBe(bytes.length + small.length);
  expect(await objects.list()).toEqual([]);
  await b.delete(smallShard);
  expect(await objects.under(await isKept('both')).get(shard)).toEqual(bytes);
  await b.delete(shard);
  expect([await a.has(shard), await a.get(shard)]).toEqual([false, undefined]);
});

test('[ST96] of two servers that put the same at once one keeps its object, and the other takes its own away', async () => {
  const pair = await servers('twice');
  const { shard, bytes } = await large(3);
  const kept: string[] = [];
  const watched = {
    under: (name: string) => {
      kept.push(name);
      return objects.under(name);
    },
  };
  const stores = pair.map((_, i) => new PostgresBlobs(must(storeAt(i), 'a store'), watched));
  await Promise.all(stores.map((blobs) => blobs.put(shard, bytes)));
  const there = await Promise.all([...new Set(kept)].map((name) => objects.under(name).has(shard)));
  expect(there.filter(Boolean)).toHaveLength(1);
  expect(await must(stores[0], 'one').get(shard)).toEqual(bytes);
});

const storeAt = (i: number) => stores.at(i - 2);

test('[ST96] a server that stood still between the row and the object removes nothing that was put since', async () => {
  const [a, b] = await servers('late');
  const { shard, bytes } = await large(4);
  await a.put(shard, bytes);
  let goOn = () => {};
  const still = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const late = {
    under: (name: string) => {
      const inner = objects.under(name);
      const remove = async (id: typeof shard) => still.then(() => inner.delete(id));
      return { put: inner.put.bind(inner), get: inner.get.bind(inner), delete: remove };
    },
  };
  const removal = new PostgresBlobs(must(storeAt(0), 'a store'), late).removeUnused(
    shard,
    await usesOf(a),
  );
  while (await b.has(shard)) await new Promise((resolve) => setImmediate(resolve));
  await b.put(shard, bytes);
  goOn();
  expect(await removal).toBe(true);
  expect(await a.get(shard)).toEqual(bytes);
});

test('[ST96] what is in a bucket is refused by a server that has none, and what rotted there was never stored', async () => {
  const [a] = await servers('rot');
  const { shard, bytes } = await large(5);
  await a.put(shard, bytes);
  const bare = new PostgresBlobs(must(storeAt(0), 'a store'));
  await expect(bare.get(shard)).rejects.toMatchObject({ code: 'blobs-refused' });
  await objects.under(await isKept('rot')).delete(shard);
  expect([await a.get(shard), await a.has(shard)]).toEqual([undefined, false]);
  await a.put(shard, bytes);
  expect(await a.get(shard)).toEqual(bytes);
});
