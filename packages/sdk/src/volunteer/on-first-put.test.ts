import { MemoryBlobs, shardIdOf } from '@manytabs/storage';
import { expect, test, vi } from 'vitest';
import { onFirstPut } from './on-first-put.ts';

test('[FI46] the browser is asked to keep the store once the first shard is in it, and not again', async () => {
  const ask = vi.fn();
  const blobs = onFirstPut(new MemoryBlobs(), ask);
  expect(ask).not.toHaveBeenCalled();
  for (const fill of [1, 2]) {
    const bytes = new Uint8Array(10).fill(fill);
    await blobs.put(await shardIdOf(bytes), bytes);
  }
  expect(ask).toHaveBeenCalledTimes(1);
  expect((await blobs.list()).length).toBe(2);
});
