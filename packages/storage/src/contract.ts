import { type Blobs, type CollectedBlobs, Prng, type ShardId } from '@manytabs/protocol';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { shardIdOf } from './digest.ts';

export interface BlobsWorld {
  /** Empty storage. */
  open(): Promise<Blobs>;
  close(): Promise<void>;
}

/** Storage that outlives its process, and can rot. */
export interface LastingBlobsWorld extends BlobsWorld {
  /** The same storage after a restart. */
  reopen(): Promise<Blobs>;
  /** Changes a stored byte behind the adapter's back. */
  rot(shard: ShardId): Promise<void>;
}

interface DescribeOptions {
  readonly timeoutMs?: number | undefined;
}

/** The rules every Blobs adapter keeps. */
export function describeBlobs(
  name: string,
  setup: () => Promise<BlobsWorld>,
  { timeoutMs = 20_000 }: DescribeOptions = {},
): void {
  describe(`${name} blobs`, { timeout: timeoutMs }, () => {
    const random = new Prng(7, name);
    let world: BlobsWorld | undefined;
    let blobs: Blobs;

    beforeEach(async () => {
      world ??= await setup();
      blobs = await world.open();
    }, 60_000);
    afterAll(async () => {
      await world?.close();
    }, 60_000);

    const shardOf = (length: number) => drawShard(random, length);

    test('[ST1] what was put comes back byte for byte', async () => {
      for (const length of [0, 1, 1000, 4 * 1024 * 1024]) {
        const { shard, bytes } = await shardOf(length);
        await blobs.put(shard, bytes);
        const stored = await blobs.get(shard);
        expect(stored?.length).toBe(length);
        expect(Buffer.compare(stored ?? Buffer.of(1), bytes)).toBe(0);
        expect(await blobs.has(shard)).toBe(true);
      }
    });

    test('[ST2] bytes that are not the shard are refused and not kept', async () => {
      const { shard, bytes } = await shardOf(1000);
      bytes[999] = (bytes[999] ?? 0) ^ 1;
      await expect(blobs.put(shard, bytes)).rejects.toMatchObject({ code: 'shard-corrupt' });
      expect(await blobs.has(shard)).toBe(false);
      expect(await blobs.size()).toBe(0);
    });

    test('[ST3] what is not there is undefined, and deleting it does no harm', async () => {
      const { shard } = await shardOf(10);
      expect(await blobs.get(shard)).toBeUndefined();
      expect(await blobs.has(shard)).toBe(false);
      await blobs.delete(shard);
      expect(await blobs.list()).toEqual([]);
    });

    test('[ST4] a shard put twice, or at once by several, is stored once', async () => {
      const { shard, bytes } = await shardOf(5000);
      await Promise.all([blobs.put(shard, bytes), blobs.put(shard, bytes)]);
      await blobs.put(shard, bytes);
      expect(await blobs.list()).toMatchObject([{ shard, bytes: 5000 }]);
      expect(await blobs.size()).toBe(5000);
    });

    test('[ST5] list and size tell what is stored, and deleting frees it', async () => {
      const shards = await Promise.all([10, 20, 30].map(shardOf));
      for (const { shard, bytes } of shards) await blobs.put(shard, bytes);
      const rows = shards.map(({ shard, bytes }) => ({ shard, bytes: bytes.length }));
      const listed = (await blobs.list()).map(({ shard, bytes }) => ({ shard, bytes }));
      expect(new Set(listed)).toEqual(new Set(rows));
      expect(await blobs.size()).toBe(60);
      for (const { shard } of shards) await blobs.delete(shard);
      expect(await blobs.list()).toEqual([]);
      expect(await blobs.size()).toBe(0);
    });

    test('[ST6] nobody outside can change what is stored', async () => {
      const { shard, bytes } = await shardOf(1000);
      const wider = new Uint8Array(3000);
      wider.set(bytes, 1000);
      const view = wider.subarray(1000, 2000);
      const putting = blobs.put(shard, view);
      wider.fill(255);
      await putting;
      const first = await blobs.get(shard);
      expect(Buffer.compare(first ?? Buffer.of(1), bytes)).toBe(0);
      first?.fill(255);
      expect(Buffer.compare((await blobs.get(shard)) ?? Buffer.of(1), bytes)).toBe(0);
    });

    test('[ST7] many puts and gets at once all succeed', async () => {
      const shards = await Promise.all(Array.from({ length: 100 }, (_, i) => shardOf(100 + i)));
      await Promise.all(shards.map(({ shard, bytes }) => blobs.put(shard, bytes)));
      const stored = await Promise.all(shards.map(({ shard }) => blobs.get(shard)));
      for (const [i, { bytes }] of shards.entries()) {
        expect(Buffer.compare(stored[i] ?? Buffer.of(1), bytes)).toBe(0);
      }
      expect(await blobs.list()).toHaveLength(100);
    });
  });
}

/** The rules above, and those of storage that lasts. */
export function describeLastingBlobs(
  name: string,
  setup: () => Promise<LastingBlobsWorld>,
  { timeoutMs = 20_000 }: DescribeOptions = {},
): void {
  describeBlobs(name, setup, { timeoutMs });
  describe(`${name} blobs that last`, { timeout: timeoutMs }, () => {
    const random = new Prng(8, name);
    let world: LastingBlobsWorld | undefined;

    const open = async () => {
      world ??= await setup();
      return { world, blobs: await world.open() };
    };
    afterAll(async () => {
      await world?.close();
    }, 60_000);

    test('[ST8] a shard that rotted counts as never stored', async () => {
      const { world, blobs } = await open();
      const { shard, bytes } = await drawShard(random, 1000);
      await blobs.put(shard, bytes);
      await world.rot(shard);
      expect(await blobs.get(shard)).toBeUndefined();
      expect(await blobs.has(shard)).toBe(false);
      await blobs.put(shard, bytes);
      expect((await blobs.get(shard))?.length).toBe(1000);
    });

    test('[ST9] what was put outlives a restart', async () => {
      const { world, blobs } = await open();
      const { shard, bytes } = await drawShard(random, 1000);
      await blobs.put(shard, bytes);
      const again = await world.reopen();
      expect(await again.list()).toMatchObject([{ shard, bytes: 1000 }]);
      expect(Buffer.compare((await again.get(shard)) ?? Buffer.of(1), bytes)).toBe(0);
    });
  });
}

async function drawShard(random: Prng, length: number) {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 97) bytes[i] = random.uint32();
  if (length >= 4) new DataView(bytes.buffer).setUint32(0, random.uint32());
  return { shard: await shardIdOf(bytes), bytes };
}

/** The rules of blobs from which what nobody needs is collected. */
export function describeCollectedBlobs(
  name: string,
  setup: () => Promise<{ open(): Promise<CollectedBlobs>; close(): Promise<void> }>,
  { numRuns = 200 }: { readonly numRuns?: number } = {},
): void {
  describe(`${name} blobs that are collected`, { timeout: 60_000 }, () => {
    const random = new Prng(9, name);
    let world: Awaited<ReturnType<typeof setup>> | undefined;
    const open = async () => {
      world ??= await setup();
      return world.open();
    };
    afterAll(async () => {
      await world?.close();
    }, 60_000);

    test('[ST16] what was neither put nor used since it was listed is removed', async () => {
      const blobs = await open();
      const { shard, bytes } = await drawShard(random, 1000);
      await blobs.put(shard, bytes);
      const uses = await usesOf(blobs, shard);
      expect(await blobs.removeUnused(shard, uses)).toBe(true);
      expect(await blobs.get(shard)).toBeUndefined();
      expect(await blobs.use(shard)).toBe(false);
      await blobs.put(shard, bytes);
      expect(await blobs.removeUnused(shard, uses)).toBe(false);
      expect(await blobs.has(shard)).toBe(true);
    });

    test('[ST17] whoever puts or uses a shard while it is being removed has it afterwards', async () => {
      const blobs = await open();
      const turns = fc.array(fc.constantFrom('put', 'use', 'remove'), { maxLength: 6 });
      const property = fc.asyncProperty(turns, async (kinds) => {
        const { shard, bytes } = await drawShard(random, 40);
        await blobs.put(shard, bytes);
        const uses = await usesOf(blobs, shard);
        const work = {
          put: () => blobs.put(shard, bytes).then(() => true),
          use: () => blobs.use(shard),
          remove: () => blobs.removeUnused(shard, uses),
        };
        const had = await Promise.all(kinds.map((kind) => work[kind]()));
        const isHad = kinds.some((kind, i) => kind !== 'remove' && had[i]);
        const isRemoved = kinds.some((kind, i) => kind === 'remove' && had[i]);
        expect((await blobs.get(shard)) !== undefined).toBe(isHad || !isRemoved);
        expect(kinds.filter((kind, i) => kind === 'remove' && had[i]).length).toBeLessThan(2);
      });
      await fc.assert(property, { numRuns });
    });
  });
}

async function usesOf(blobs: CollectedBlobs, shard: ShardId): Promise<number> {
  return (await blobs.list()).find((row) => row.shard === shard)?.uses ?? -1;
}
