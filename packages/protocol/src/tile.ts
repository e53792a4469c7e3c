import type { JobSpec } from './messages/job-spec.ts';

export type MosaicView = NonNullable<JobSpec['view']>;

/** A rectangle of pixels at its place in the picture; `rgba` has four bytes a pixel, row by row. */
export interface Tile {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/**
 * Where a task's result goes in the job's picture: `{x, y, width, height, rgba}` says so itself, raw RGBA bytes go to
 * the place of their index in the grid of tiles. Results are hostile: anything that is no tile inside the picture is
 * undefined.
 */
export function placeTile(view: MosaicView, index: number, value: unknown): Tile | undefined {
  const tile = value instanceof Uint8Array ? byIndex(view, index, value) : placed(value);
  return tile && fits(view, tile) ? tile : undefined;
}

function byIndex(view: MosaicView, index: number, rgba: Uint8Array): Tile | undefined {
  const { tileWidth: width, tileHeight: height } = view;
  if (width === undefined || height === undefined) return undefined;
  const columns = Math.floor(view.width / width);
  const x = (index % columns) * width;
  return { x, y: Math.floor(index / columns) * height, width, height, rgba };
}

function placed(value: unknown): Tile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { x, y, width, height, rgba } = value as Record<string, unknown>;
  if (!isCount(x) || !isCount(y) || !isCount(width) || !isCount(height)) return undefined;
  return rgba instanceof Uint8Array ? { x, y, width, height, rgba } : undefined;
}

function fits(view: MosaicView, { x, y, width, height, rgba }: Tile): boolean {
  if (width === 0 || height === 0 || rgba.length !== width * height * 4) return false;
  return x + width <= view.width && y + height <= view.height;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
