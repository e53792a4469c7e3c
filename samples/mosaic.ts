import { type MosaicView, placeTile } from '@manytabs/protocol';
import type { Raster } from './png.ts';
import type { SampleRow } from './sample.ts';

/** Where a result is missing or no tile, the picture stays transparent. */
export function assembleMosaic(view: MosaicView, rows: Iterable<SampleRow>): Raster {
  const { width, height } = view;
  const rgba = new Uint8Array(width * height * 4);
  for (const { index, value } of rows) {
    const tile = placeTile(view, index, value);
    for (let row = 0; tile && row < tile.height; row++) {
      const line = tile.rgba.subarray(row * tile.width * 4, (row + 1) * tile.width * 4);
      rgba.set(line, ((tile.y + row) * width + tile.x) * 4);
    }
  }
  return { width, height, rgba };
}
