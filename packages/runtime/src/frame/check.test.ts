import { encodeValue } from '@manytabs/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Batch } from '../shared/wire.ts';
import { partsOf, readMessage } from './check.ts';

const batch: Batch = {
  from: 3,
  to: 7,
  values: Uint8Array.from([1, ...encodeValue('ab'), 3]),
  failures: [{ index: 5, code: 'task-threw', message: 'no', busyMs: 0 }],
  busyMs: 8,
  talk: { logs: [] },
};

describe('words of a worker', () => {
  test('[RU10] ours are read', () => {
    expect(readMessage({ type: 'batch', batch })).toEqual({ type: 'batch', batch });
    expect(readMessage({ type: 'up' })).toEqual({ type: 'up' });
    const refusal = { code: 'syntax-error', message: 'bad' };
    expect(readMessage({ type: 'refused', refusal })).toEqual({ type: 'refused', refusal });
  });

  test('[RU10] others are not', () => {
    const wrong: unknown[] = [null, 5, 'up', {}, { type: 'pong' }, { type: 'batch' }];
    for (const change of [
      { from: -1 },
      { from: 7 },
      { to: 2 ** 60 },
      { values: [1] },
      { values: new Float64Array(1) },
      { failures: 5 },
      { failures: [{ index: 2 }] },
      { failures: [{ index: 7 }] },
      { failures: [{ index: 5 }, { index: 5 }] },
      { failures: Array(5).fill({ index: 3 }) },
      { talk: null },
    ])
      wrong.push({ type: 'batch', batch: { ...batch, ...change } });
    expect(wrong.map(readMessage)).toEqual(wrong.map(() => undefined));
  });

  test('[RU10] any data is read or not, and what is read is bounded', () => {
    const anything = fc.anything({ withBigInt: true, withTypedArray: true, withMap: true });
    const fields = fc.record({
      type: fc.constantFrom('up', 'refused', 'batch', 'talk', 'held'),
      refusal: anything,
      talk: fc.record({ logs: anything, progress: anything, preview: anything }),
      batch: fc.record({
        from: fc.nat(5),
        to: fc.nat(9),
        values: fc.uint8Array(),
        failures: anything,
      }),
    });
    fc.assert(fc.property(fc.oneof(anything, fields), (data) => void readMessage(data)));
  });

  test('[RU12] texts are cut and pictures of the wrong size dropped', () => {
    const talk = {
      logs: [{ index: 1, text: 'x'.repeat(900) }, { index: -1, text: 'y' }, 5],
      progress: { index: 1, fraction: 2, note: '' },
      preview: { index: 1, width: 2, height: 2, rgba: new Uint8Array(15) },
    };
    expect(readMessage({ type: 'talk', talk })).toEqual({
      type: 'talk',
      talk: { logs: [{ index: 1, text: 'x'.repeat(500) }] },
    });
  });
});

describe('a batch', () => {
  test('[RU6] is cut at its failures', () => {
    expect(partsOf(batch, 100)).toEqual([
      { kind: 'values', from: 3, count: 2, values: Uint8Array.of(1, 0xa2, 97, 98), busyMs: 4 },
      { kind: 'failure', index: 5, code: 'task-threw', message: 'no', busyMs: 2 },
      { kind: 'values', from: 6, count: 1, values: Uint8Array.of(3), busyMs: 2 },
    ]);
  });

  test('[RU8] with too few, too many, broken or too large values is none', () => {
    const values = (...bytes: number[]) => ({ ...batch, values: Uint8Array.from(bytes) });
    expect(partsOf(values(1, 2), 100)).toBeUndefined();
    expect(partsOf(values(1, 2, 3, 4), 100)).toBeUndefined();
    expect(partsOf(values(1, 2, 0xc1), 100)).toBeUndefined();
    expect(partsOf(values(1, 2, 0xdd, 0xff, 0xff, 0xff, 0xff), 100)).toBeUndefined();
    expect(partsOf(batch, 2)).toBeUndefined();
  });
});
