import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeValue, encodeValue } from './codec/value.ts';
import type { MosaicView } from './messages/job-spec.ts';
import { placeTile } from './tile.ts';

const view: MosaicView = { kind: 'mosaic', width: 70, height: 40 };
const gridView: MosaicView = { ...view, tileWidth: 32, tileHeight: 16 };

function tileOf(x: number, y: number, width: number, height: number) {
  return { x, y, width, height, rgba: new Uint8Array(Math.max(0, width * height * 4)) };
}

test('[UI100] a result that says where it belongs is placed there', () => {
  const tile = tileOf(64, 36, 6, 4);
  expect(placeTile(view, 0, tile)).toEqual(tile);
  expect(placeTile(view, 0, decodeValue(encodeValue(tile)))).toEqual(tile);
  const clamped = { ...tile, rgba: new Uint8ClampedArray(tile.rgba) };
  expect(placeTile(view, 0, clamped)).toEqual(tile);
});

test('[UI100] bare bytes are placed by their index, row by row, where the view gives a tile size', () => {
  const rgba = new Uint8Array(32 * 16 * 4).fill(7);
  expect(placeTile(gridView, 0, rgba)).toEqual({ x: 0, y: 0, width: 32, height: 16, rgba });
  expect(placeTile(gridView, 3, rgba)).toEqual({ x: 32, y: 16, width: 32, height: 16, rgba });
  expect(placeTile(gridView, 4, rgba)).toBeUndefined();
  expect(placeTile(view, 0, rgba)).toBeUndefined();
  expect(placeTile({ ...gridView, tileWidth: 71 }, 0, rgba)).toBeUndefined();
});

test('[UI101] a tile outside the picture, or of other bytes than its size needs, is left out', () => {
  const wrong: unknown[] = [
    tileOf(65, 0, 6, 4),
    tileOf(0, 37, 6, 4),
    tileOf(-1, 0, 6, 4),
    tileOf(0.5, 0, 6, 4),
    tileOf(0, 0, 0, 4),
    { ...tileOf(0, 0, 6, 4), width: 5 },
    { ...tileOf(0, 0, 6, 4), width: Number.NaN },
    { ...tileOf(0, 0, 6, 4), rgba: [0, 0, 0, 0] },
    { ...tileOf(0, 0, 6, 4), x: '0' },
    { ...tileOf(0, 0, 6, 4), x: Number.MAX_SAFE_INTEGER },
    null,
    undefined,
    3,
    'tile',
    [],
    {},
  ];
  for (const value of wrong) expect(placeTile(view, 0, value)).toBeUndefined();
  for (const index of [-1, 0.5, Number.NaN, 2 ** 60]) {
    expect(placeTile(gridView, index, new Uint8Array(32 * 16 * 4))).toBeUndefined();
  }
});

test('[UI101] whatever a task returns, a placed tile lies inside the picture with its bytes', () => {
  const side = fc.oneof(fc.integer({ min: -2, max: 80 }), fc.double(), fc.anything());
  const described = fc.record({
    x: side,
    y: side,
    width: fc.integer({ min: 0, max: 8 }),
    height: fc.integer({ min: 0, max: 8 }),
    rgba: fc.anything(),
  });
  const sized = described.map((tile) => ({
    ...tile,
    rgba: new Uint8Array(tile.width * tile.height * 4),
  }));
  const value = fc.oneof(described, sized, fc.constant(new Uint8Array(2048)), fc.anything());
  fc.assert(
    fc.property(value, fc.oneof(fc.nat(100), fc.double()), fc.boolean(), (result, index, grid) => {
      const tile = placeTile(grid ? gridView : view, index, result);
      if (!tile) return;
      expect(tile.x >= 0 && tile.x + tile.width <= view.width).toBe(true);
      expect(tile.y >= 0 && tile.y + tile.height <= view.height).toBe(true);
      expect(tile.rgba).toHaveLength(tile.width * tile.height * 4);
    }),
    { numRuns: 1000 },
  );
});
