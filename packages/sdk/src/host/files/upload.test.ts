import type { ShardId } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { Upload } from './upload.ts';

test('[FI43] what is kept of a piece under way is not the message that it came in', () => {
  const upload = new Upload('u', 'me', { durability: 'grid', replicas: 1 }, 1024 * 1024, 0);
  const message = new Uint8Array(1024 * 1024);
  const tree = message.subarray(5, 37);
  upload.add(0, { shard: 'a'.repeat(64) as ShardId, bytes: 1_000_000, tree });
  expect(upload.pieces.get(0)?.tree?.buffer.byteLength).toBe(32);
});
