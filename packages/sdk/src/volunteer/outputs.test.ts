import { shardId } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { sha256 } from '../identity/crypto.ts';
import { Outputs } from './outputs.ts';

const piece = (n: number, length = 100) => {
  const bytes = new Uint8Array(length).fill(n);
  return { bytes, shard: shardId(sha256(bytes)) };
};

test('[FI34] what tasks wrote is kept until the grid has it, and never more than there is room for', async () => {
  let now = 0;
  const outputs = new Outputs(() => now, 250);
  const [a, b, c] = [piece(1), piece(2), piece(3)];
  expect([a, b, c, a].map(({ shard, bytes }) => outputs.keep(shard, bytes))).toEqual([
    true,
    true,
    false,
    true,
  ]);
  const other = piece(9).shard;
  expect(outputs.release([a.shard, other])).toEqual([other]);
  expect(outputs.get(a.shard)).toBeUndefined();
  expect(outputs.keep(c.shard, c.bytes)).toBe(true);
  now = 200_000;
  expect(outputs.keep(a.shard, a.bytes)).toBe(true);
  expect(outputs.get(b.shard)).toBeUndefined();
  const drained = outputs.drained(60_000);
  outputs.release([a.shard, c.shard]);
  await drained;
  expect(outputs.isEmpty).toBe(true);
});
