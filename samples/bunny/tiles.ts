import type { Picture, Tile } from './task.ts';

const TILE = 40;

/** Row by row, which is the order they are handed out in. */
export function tilesOf({ width, height }: Picture): Tile[] {
  const tiles: Tile[] = [];
  for (let y = 0; y < height; y += TILE) {
    for (let x = 0; x < width; x += TILE) tiles.push({ x, y, width: TILE, height: TILE });
  }
  return tiles;
}
