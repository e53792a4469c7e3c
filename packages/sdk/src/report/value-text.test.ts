import fc from 'fast-check';
import { expect, test } from 'vitest';
import { valueJson, valuePreview, visible } from './value-text.ts';

test('[UI20] a preview is one short line, whatever the value holds', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withMap: true, withTypedArray: true }), (value) => {
      const text = valuePreview(value);
      expect(text.length).toBeLessThanOrEqual(240);
      expect(text).toBe(visible(text));
    }),
  );
});

test('[UI20] a huge value costs no more to show than a small one', () => {
  let touched = 0;
  const counting = new Proxy(Array<number>(1_000_000).fill(7), {
    get(target, key) {
      touched++;
      return Reflect.get(target, key);
    },
  });
  expect(valuePreview(counting)).toMatch(/…\]$/);
  expect(touched).toBeLessThan(500);
});

test('[UI20] characters that hide or turn text around are made visible', () => {
  expect(visible('a\u202egnp.exe\u0000\u200b')).toBe('a·gnp.exe··');
});

test('values become plain JSON', () => {
  expect(valueJson(new Uint8Array([0, 255, 16]))).toBe('{"base64":"AP8Q"}');
  expect(valueJson({ big: 10n ** 20n, nan: Number.NaN })).toBe(
    '{"big":"100000000000000000000","nan":"NaN"}',
  );
  expect(valueJson(new Float32Array([1, 2]))).toBe('[1,2]');
  expect(valueJson(new Map([['a', new Set([1])]]))).toBe('[["a",[1]]]');
  expect(valueJson(undefined)).toBe('null');
});
