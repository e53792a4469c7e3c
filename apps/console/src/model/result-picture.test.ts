import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pictureOf } from './result-picture.ts';

test('[UI234] files are known as pictures by their first bytes, and markup never is one', () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2);
  expect(pictureOf(png, 0, undefined)).toEqual({ kind: 'file', type: 'image/png', bytes: png });
  expect(pictureOf(new TextEncoder().encode('<svg onload="x">'), 0, undefined)).toBeUndefined();
  expect(pictureOf('data:image/png;base64,AAAA', 0, undefined)).toBeUndefined();
});

test('[UI234] pixels are a picture where there are as many as it says, tiles of a mosaic at their place', () => {
  const rgba = new Uint8Array(2 * 3 * 4);
  const found = pictureOf({ width: 2, height: 3, rgba }, 0, undefined);
  expect(found).toEqual({ kind: 'pixels', width: 2, height: 3, rgba });
  expect(pictureOf({ width: 2, height: 4, rgba }, 0, undefined)).toBeUndefined();
  const mosaic = { kind: 'mosaic', width: 4, height: 3, tileWidth: 2, tileHeight: 3 } as const;
  expect(pictureOf(rgba, 1, mosaic)).toMatchObject({ kind: 'pixels', width: 2, height: 3 });
});

test('[UI234] whatever a task gives, it is a picture or it is not, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.anything({ withTypedArray: true }), (value) => {
      const found = pictureOf(value, 0, undefined);
      if (found?.kind === 'pixels') expect(found.rgba).toHaveLength(found.width * found.height * 4);
    }),
  );
});
