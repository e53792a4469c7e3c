import type { MosaicView } from './messages/job-spec.ts';

/** A rectangle of pixels at its place in a picture: red, green, blue and opacity, a byte each, row by row. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Of `width * height * 4` bytes. */
  readonly rgba: Uint8Array;
}

/**
 * Where a task's result goes in the job's picture: `{x, y, width, height, rgba}` says so itself, bare RGBA bytes go to
 * the place of their index in the grid of tiles. Results are hostile: anything that is no tile inside the picture, with
 * exactly the bytes it needs, is undefined.
 */
export function placeTile(view: MosaicView, index: number, value: unknown): Tile | undefined {
  const bytes = bytesOf(value);
  const tile = bytes ? tileByIndex(view, index, bytes) : describedTile(value);
  return tile && fits(view, tile) ? tile : undefined;
}

function tileByIndex(view: MosaicView, index: number, rgba: Uint8Array): Tile | undefined {
  const { tileWidth: width, tileHeight: height } = view;
  if (width === undefined || height === undefined || !isCount(index)) return undefined;
  const columns = Math.floor(view.width / width);
  if (columns === 0) return undefined;
  const x = (index % columns) * width;
  return { x, y: Math.floor(index / columns) * height, width, height, rgba };
}

function describedTile(value: unknown): Tile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { x, y, width, height, rgba } = value as Partial<Record<keyof Tile, unknown>>;
  const bytes = bytesOf(rgba);
  if (!bytes || !isCount(x) || !isCount(y) || !isCount(width) || !isCount(height)) return undefined;
  return { x, y, width, height, rgba: bytes };
}

function fits(view: MosaicView, { x, y, width, height, rgba }: Tile): boolean {
  const inside = x + width <= view.width && y + height <= view.height;
  return inside && width > 0 && height > 0 && rgba.length === width * height * 4;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (!(value instanceof Uint8ClampedArray)) return undefined;
  return new Uint8Array(value.buffer, value.byteOffset, value.length);
}
