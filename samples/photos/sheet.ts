import type { MosaicView } from '@manytabs/protocol';

/** Of one photo on the sheet of all. */
export const CELL = { width: 240, height: 180 } as const;
const COLUMNS = 4;

export function placeOf(index: number): { x: number; y: number } {
  return {
    x: (index % COLUMNS) * CELL.width,
    y: Math.floor(index / COLUMNS) * CELL.height,
  };
}

export function sheetOf(photos: number): MosaicView {
  const rows = Math.ceil(photos / COLUMNS);
  const width = Math.min(COLUMNS, photos) * CELL.width;
  return { kind: 'mosaic', width, height: rows * CELL.height };
}
