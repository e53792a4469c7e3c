import { LIMITS, type ShardId } from '@manytabs/protocol';
import { MemoryBlobs, shardIdOf } from '@manytabs/storage';
import { describe, expect, test } from 'vitest';
import { ShardExchange } from './shard-exchange.ts';
import { TabBlobs } from './tab-blobs.ts';

const small = (fill: number) => new Uint8Array(1000).fill(fill);
const LARGE = new Uint8Array(LIMITS.INLINE_SHARD_BYTES + 1);

describe('the shards of a tab', () => {
  test('[VO42] a small shard is told of in the turn in which it comes', async () => {
    const shard = await shardIdOf(small(1));
    const blobs = new TabBlobs(new MemoryBlobs());
    const told: string[] = [];
    const exchange = new ShardExchange(
      blobs,
      undefined,
      { shard: () => {}, part: () => {} },
      {
        onStored: () => told.push('stored'),
        onFailed: (_shard, _from, { code }) => told.push(code),
      },
    );
    exchange.onShard(shard, small(1));
    exchange.onShard(shard, small(2));
    expect(told).toEqual(['stored', 'shard-corrupt']);
    expect(blobs.peek(shard)).toEqual(small(1));
  });

  test('[VO42] what memory has no room for, and what is large, is stored', async () => {
    const stored = new MemoryBlobs();
    const blobs = new TabBlobs(stored, { smallBytesMax: 1500 });
    const shards: ShardId[] = [];
    for (const bytes of [small(1), small(2), LARGE]) {
      const shard = await shardIdOf(bytes);
      await blobs.put(shard, bytes);
      shards.push(shard);
      expect(await blobs.get(shard)).toEqual(bytes);
    }
    expect((await stored.list()).map(({ shard }) => shard)).toEqual(shards.slice(1));
    expect((await blobs.list()).length).toBe(3);
    expect(await blobs.size()).toBe(2000 + LARGE.length);
  });

  test('[VO42] a deleted shard is gone, and frees its room', async () => {
    const blobs = new TabBlobs(new MemoryBlobs(), { smallBytesMax: 1000 });
    for (const fill of [1, 2]) {
      const shard = await shardIdOf(small(fill));
      expect(blobs.putNow(shard, small(fill))).toBe(true);
      await blobs.delete(shard);
      expect(await blobs.has(shard)).toBe(false);
    }
    expect(await blobs.size()).toBe(0);
  });

  test('[VO42] a shard kept in memory does not keep the frame it came in', async () => {
    const frame = new Uint8Array(60_000);
    const bytes = frame.subarray(10, 30);
    const shard = await shardIdOf(bytes);
    const blobs = new TabBlobs(new MemoryBlobs());
    blobs.putNow(shard, bytes);
    expect(blobs.peek(shard)?.buffer.byteLength).toBe(20);
  });

  test('[FI40] a small shard that is kept for the grid is in the store too, until it is dropped', async () => {
    const stored = new MemoryBlobs();
    const blobs = new TabBlobs(stored);
    const bytes = new Uint8Array(1_000).fill(3);
    const shard = await shardIdOf(bytes);
    await blobs.put(shard, bytes);
    expect(await stored.has(shard)).toBe(false);
    await blobs.persist(shard);
    expect(await stored.has(shard)).toBe(true);
    expect(await blobs.size()).toBe(bytes.length);
    expect(blobs.peek(shard)).toEqual(bytes);
    await blobs.delete(shard);
    expect([await stored.has(shard), await blobs.has(shard)]).toEqual([false, false]);
  });
});
