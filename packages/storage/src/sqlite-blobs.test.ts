import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIMITS } from '@manytabs/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { describeLastingBlobs } from './contract.ts';
import { FileBlobs } from './file-blobs.ts';
import { MemoryBlobs } from './memory-blobs.ts';
import { shardIdOfSync } from './node.ts';
import { SizedBlobs } from './sized-blobs.ts';
import { SqliteBlobs } from './sqlite-blobs.ts';
import { SqliteStore } from './store/sqlite-store.ts';

const rotting = 'UPDATE blob SET bytes = zeroblob(size) WHERE shard = ?';

const folder = () => mkdtemp(join(tmpdir(), 'manytabs-blobs-'));

/** The world of a store in one SQLite file, with what `wrap` puts around it. */
async function world(wrap: (store: SqliteStore, dir: string) => SqliteBlobs | SizedBlobs) {
  const root = await folder();
  let count = 0;
  const stores: SqliteStore[] = [];
  const openAgain = async () => {
    stores.at(-1)?.close();
    const dir = join(root, `${count}`);
    const store = new SqliteStore(join(dir, 'journal.db'));
    stores.push(store);
    return wrap(store, dir);
  };
  return {
    open: () => {
      count++;
      return openAgain();
    },
    reopen: openAgain,
    rot: async (shard: string) => {
      const store = stores.at(-1);
      store?.commit(() => store.statement(rotting).run([shard]));
    },
    close: async () => {
      stores.at(-1)?.close();
      await rm(root, { recursive: true });
    },
  };
}

describeLastingBlobs('SQLite', () => world((store) => new SqliteBlobs(store)));

describeLastingBlobs('SQLite and file', () =>
  world((store, dir) => {
    const [small, large] = [new SqliteBlobs(store), new FileBlobs(join(dir, 'blobs'))];
    return new SizedBlobs({ small, large, smallBytesMax: LIMITS.INLINE_SHARD_BYTES });
  }),
);

test('[ST80] small shards and large ones are kept apart, and one that is there is not stored again', async () => {
  const [small, large] = [new MemoryBlobs(), new MemoryBlobs()];
  const blobs = new SizedBlobs({ small, large, smallBytesMax: 100 });
  const [few, many] = [new Uint8Array(100), new Uint8Array(101)];
  const old = new Uint8Array(50);
  await large.put(shardIdOfSync(old), old);
  for (const bytes of [few, many, old]) await blobs.put(shardIdOfSync(bytes), bytes);
  expect([await small.size(), await large.size()]).toEqual([100, 151]);
  await blobs.delete(shardIdOfSync(old));
  expect(await blobs.list()).toHaveLength(2);
});

test('[ST80] a visitor removes nothing, not even what rotted', async () => {
  const dir = await folder();
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const store = new SqliteStore(join(dir, 'journal.db'));
  const bytes = new TextEncoder().encode('a shard');
  const shard = shardIdOfSync(bytes);
  await new SqliteBlobs(store).put(shard, bytes);
  store.commit(() => store.statement(rotting).run([shard]));
  const visitor = new SqliteBlobs(store, { isVisitor: true });
  expect(await visitor.get(shard)).toBeUndefined();
  expect(await visitor.has(shard)).toBe(true);
  store.close();
});
