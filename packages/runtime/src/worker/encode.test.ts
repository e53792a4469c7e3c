import { encodeValue } from '@manytabs/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ValueWriter } from './encode.ts';

const scalar = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.integer({ min: -40, max: 300 }),
  fc.constantFrom(0, -0, Number.NaN, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32),
  fc.constantFrom(-32, -33, null, undefined, true, false),
  fc.string(),
  fc.uint8Array(),
  fc.array(fc.integer()),
);

test('[RU14] the quick encoding gives the bytes of the canonical one', () => {
  fc.assert(
    fc.property(fc.array(scalar), (values) => {
      const writer = new ValueWriter();
      for (const value of values) writer.add(value);
      const expected = values.flatMap((value) => [...encodeValue(value)]);
      expect([...writer.take()]).toEqual(expected);
    }),
  );
});

test('[RU14] a value that cannot be encoded leaves nothing behind', () => {
  const writer = new ValueWriter();
  writer.add(1);
  expect(() => writer.add([2, () => 3])).toThrow();
  writer.add(4);
  expect([...writer.take()]).toEqual([1, 4]);
  expect(writer.length).toBe(0);
});
