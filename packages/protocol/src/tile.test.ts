import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeTile } from './tile.ts';

const view = { kind: 'mosaic', width: 64, height: 32, tileWidth: 16, tileHeight: 8 } as const;

test('[UI90] a tile goes where it says, raw pixels where their index says', () => {
  const rgba = new Uint8Array(16 * 8 * 4);
  expect(placeTile(view, 0, { x: 3, y: 4, width: 16, height: 8, rgba })).toMatchObject({
    x: 3,
    y: 4,
  });
  expect(placeTile(view, 5, rgba)).toEqual({ x: 16, y: 8, width: 16, height: 8, rgba });
});

test('[UI90] whatever else a result is, it is no tile outside the picture', () => {
  const rgba = new Uint8Array(16 * 8 * 4);
  const hostile = fc.oneof(
    fc.anything(),
    fc.record({
      x: fc.anything(),
      y: fc.nat(),
      width: fc.constant(16),
      height: fc.constant(8),
      rgba: fc.constant(rgba),
    }),
    fc.record({
      x: fc.integer(),
      y: fc.double(),
      width: fc.integer(),
      height: fc.integer(),
      rgba: fc.uint8Array(),
    }),
  );
  fc.assert(
    fc.property(fc.nat(), hostile, (index, value) => {
      const tile = placeTile(view, index, value);
      if (!tile) return;
      expect(tile.x + tile.width).toBeLessThanOrEqual(view.width);
      expect(tile.y + tile.height).toBeLessThanOrEqual(view.height);
      expect(tile.rgba).toHaveLength(tile.width * tile.height * 4);
    }),
  );
});
