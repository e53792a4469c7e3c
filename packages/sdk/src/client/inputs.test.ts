import { decodeValue } from '@manytabs/protocol';
import { describe, expect, test } from 'vitest';
import { nextTurn } from '../next-turn.ts';
import { chunksOf, range } from './inputs.ts';

const rowsOf = (bytes: Uint8Array) => decodeValue(bytes) as unknown[];

async function collect(inputs: Iterable<unknown> | AsyncIterable<unknown>): Promise<unknown[][]> {
  const chunks: unknown[][] = [];
  for await (const { chunk, bytes } of chunksOf(inputs)) {
    expect(chunk).toMatchObject({ bytes: bytes.length, count: rowsOf(bytes).length });
    chunks.push(rowsOf(bytes));
  }
  return chunks;
}

describe('chunks', () => {
  test('[SU16] carry every input once and in order, the first ones small', async () => {
    const inputs = Array.from({ length: 20_000 }, (_, i) => ({ i }));
    const chunks = await collect(inputs);
    expect(chunks.flat()).toEqual(inputs);
    expect(chunks[0]?.length).toBeLessThan(chunks[1]?.length ?? 0);
  });

  test('[SU16] of a generator that has its values at hand are as full as those of a list', async () => {
    async function* ready() {
      for (let i = 0; i < 2_000; i++) yield i;
    }
    expect(await collect(ready())).toEqual(
      await collect(Array.from({ length: 2_000 }, (_, i) => i)),
    );
  });

  test('[SU3] of a source that pauses leave before it goes on', async () => {
    const gone: unknown[][] = [];
    async function* slow() {
      yield 1;
      yield 2;
      while (gone.length === 0) await nextTurn();
      yield 3;
    }
    for await (const { bytes } of chunksOf(slow())) gone.push(rowsOf(bytes));
    expect(gone).toEqual([[1, 2], [3]]);
  });

  test('[SU16] of nothing are none; a range is never enumerated to be made', async () => {
    expect(await collect([])).toEqual([]);
    expect(range(0, 2 ** 40)).toMatchObject({ from: 0, to: 2 ** 40 });
    expect([...range(3, 6)]).toEqual([3, 4, 5]);
  });
});
