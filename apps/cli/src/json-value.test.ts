import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toJsonLine } from './json-value.ts';

test.each([
  [new Uint8Array([1, 2, 255]), '{"base64":"AQL/"}'],
  [new Float64Array([1.5, Number.NaN]), '[1.5,null]'],
  [2n ** 70n, '"1180591620717411303424"'],
  [new Map([['a', 1n]]), '[["a","1"]]'],
  [new Set([1]), '[1]'],
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  [Number.POSITIVE_INFINITY, 'null'],
  [undefined, 'null'],
  [{ a: undefined, b: [undefined] }, '{"b":[null]}'],
])('[UI80] %s is written as %s', (value, line) => {
  expect(toJsonLine(value)).toBe(line);
});

test('[UI80] what JSON can say is written as it stands, on one line', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const line = toJsonLine(value);
      expect(line).not.toContain('\n');
      expect(JSON.stringify(JSON.parse(line))).toBe(JSON.stringify(value));
    }),
  );
});

test('[UI87] no control character stands in a line of JSON', () => {
  expect(toJsonLine('\u009b2J\u001b')).toBe('"\\u009b2J\\u001b"');
});
