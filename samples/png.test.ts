import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePng, type Raster } from './png.ts';

/** A reader of our own PNGs: 8-bit colour, one IDAT. */
function decode(png: Uint8Array): { width: number; height: number; rgb: number[] } {
  const view = new DataView(png.buffer);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const rows = inflateSync(png.subarray(41, 41 + view.getUint32(33)));
  const bytes = width * 3;
  const rgb: number[] = [];
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 ? 0 : (rgb[row * bytes + column] ?? 0);
  for (let row = 0; row < height; row++) {
    const filter = rows[row * (bytes + 1)] ?? 0;
    for (let column = 0; column < bytes; column++) {
      const [left, up, corner] = [
        at(row, column - 3),
        at(row - 1, column),
        at(row - 1, column - 3),
      ];
      const guess =
        [0, left, up, Math.floor((left + up) / 2), paeth(left, up, corner)][filter] ?? 0;
      rgb.push(((rows[row * (bytes + 1) + 1 + column] ?? 0) + guess) & 255);
    }
  }
  return { width, height, rgb };
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const distances = [left, up, corner].map((value) => Math.abs(guess - value));
  return [left, up, corner][distances.indexOf(Math.min(...distances))] ?? 0;
}

const rasters: fc.Arbitrary<Raster> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
      .map((rgba) => ({ width, height, rgba })),
  );

test('a PNG holds the colours of its raster', () => {
  fc.assert(
    fc.property(rasters, (raster) => {
      const { width, height, rgb } = decode(encodePng(raster));
      expect([width, height]).toEqual([raster.width, raster.height]);
      expect(rgb).toEqual([...raster.rgba].filter((_, at) => at % 4 !== 3));
    }),
  );
});
