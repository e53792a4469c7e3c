import { expect, test } from 'vitest';
import { CachedBlobs } from './cached-blobs.ts';
import { describeBlobs, describeCollectedBlobs } from './contract.ts';
import { CountedBlobs } from './counted-blobs.ts';
import { shardIdOf } from './digest.ts';
import { MemoryBlobs } from './memory-blobs.ts';

describeBlobs('memory', () =>
  Promise.resolve({
    open: () => Promise.resolve(new MemoryBlobs()),
    close: () => Promise.resolve(),
  }),
);

describeBlobs('cached', () =>
  Promise.resolve({
    open: () => Promise.resolve(newCache()),
    close: () => Promise.resolve(),
  }),
);

describeCollectedBlobs('cached', async () => ({
  open: async () => newCache(),
  close: async () => {},
}));

function newCache(): CachedBlobs {
  return new CachedBlobs(new CountedBlobs(new MemoryBlobs()), { bytesMax: 2_000 });
}

async function shardOf(length: number, fill: number) {
  const bytes = new Uint8Array(length).fill(fill);
  return { shard: await shardIdOf(bytes), bytes };
}

test('[ST10] full storage refuses with storage-full and loses nothing', async () => {
  const blobs = new MemoryBlobs({ bytesMax: 100 });
  const [kept, refused] = [await shardOf(60, 1), await shardOf(60, 2)];
  await blobs.put(kept.shard, kept.bytes);
  await expect(blobs.put(refused.shard, refused.bytes)).rejects.toMatchObject({
    code: 'storage-full',
  });
  expect(await blobs.get(kept.shard)).toEqual(kept.bytes);
  await blobs.delete(kept.shard);
  await blobs.put(refused.shard, refused.bytes);
  expect(await blobs.size()).toBe(60);
});

async function setupCache() {
  const inner = new MemoryBlobs();
  const cache = new CachedBlobs(new CountedBlobs(inner), { bytesMax: 100 });
  const [a, b, c] = [await shardOf(40, 1), await shardOf(40, 2), await shardOf(40, 3)];
  for (const { shard, bytes } of [a, b]) await cache.put(shard, bytes);
  return { inner, cache, a, b, c };
}

test('[ST11] the cache gives what was used last without waiting, within its bound', async () => {
  const { cache, a, b, c } = await setupCache();
  expect(cache.peek(a.shard)).toEqual(a.bytes);
  await cache.put(c.shard, c.bytes);
  expect(cache.peek(a.shard)).toEqual(a.bytes);
  expect(cache.peek(b.shard)).toBeUndefined();
  expect(cache.cachedBytes).toBe(80);
  expect(await cache.get(b.shard)).toEqual(b.bytes);
  expect(cache.peek(b.shard)).toEqual(b.bytes);
  expect(cache.peek(c.shard)).toBeUndefined();
});

test('[ST11] a shard larger than the cache passes by', async () => {
  const { cache, a } = await setupCache();
  const large = await shardOf(101, 4);
  await cache.put(large.shard, large.bytes);
  expect(cache.peek(large.shard)).toBeUndefined();
  expect(cache.peek(a.shard)).toEqual(a.bytes);
  expect(await cache.get(large.shard)).toEqual(large.bytes);
});

test('[ST11] the cache forgets what was deleted or refused', async () => {
  const { cache, inner, a, c } = await setupCache();
  await cache.delete(a.shard);
  expect(cache.peek(a.shard)).toBeUndefined();
  await expect(cache.put(c.shard, a.bytes)).rejects.toMatchObject({ code: 'shard-corrupt' });
  expect(cache.peek(c.shard)).toBeUndefined();
  expect(await inner.size()).toBe(40);
});
