import { encodePng } from '../png.ts';
import { FILTERS, type FilterName, type Photo } from './filters.ts';
import { CELL, placeOf } from './sheet.ts';

/** A photo of somebody's, with the name of its file. */
export interface Input extends Photo {
  readonly name: string;
}

interface Context {
  readonly index: number;
  readonly args: { readonly filter: FilterName };
  readonly files: { write(path: string, bytes: Uint8Array): Promise<void> };
}

/** Filters a photo, leaves it as a PNG among the files of the job, and gives it small for the sheet of all. */
export default async function filter(photo: Input, { index, args, files }: Context) {
  const filtered = FILTERS[args.filter](photo);
  await files.write(`${photo.name}.png`, encodePng(filtered));
  const small = fitted(filtered);
  return { ...placeOf(index), ...small, name: photo.name };
}

/** In the middle of a cell, each pixel the mean of those it stands for. */
function fitted({ width, height, rgba }: Photo): Photo {
  const cell = new Uint8Array(CELL.width * CELL.height * 4);
  const across = Math.min(CELL.width, Math.floor((width * CELL.height) / height) || 1);
  const down = Math.min(CELL.height, Math.floor((height * CELL.width) / width) || 1);
  const [left, top] = [(CELL.width - across) >> 1, (CELL.height - down) >> 1];
  for (let y = 0; y < down; y++)
    for (let x = 0; x < across; x++) {
      const from = { x: scaled(x, width, across), y: scaled(y, height, down) };
      const to = { x: scaled(x + 1, width, across), y: scaled(y + 1, height, down) };
      cell.set(mean(rgba, width, from, to), ((top + y) * CELL.width + left + x) * 4);
    }
  return { ...CELL, rgba: cell };
}

function scaled(at: number, size: number, into: number): number {
  return Math.floor((at * size) / into);
}

interface Corner {
  readonly x: number;
  readonly y: number;
}

function mean(rgba: Uint8Array, width: number, from: Corner, to: Corner): number[] {
  const sum = [0, 0, 0, 0];
  const [right, bottom] = [Math.max(to.x, from.x + 1), Math.max(to.y, from.y + 1)];
  for (let y = from.y; y < bottom; y++)
    for (let x = from.x; x < right; x++)
      for (let c = 0; c < 4; c++) sum[c] = (sum[c] ?? 0) + (rgba[(y * width + x) * 4 + c] ?? 0);
  const count = (right - from.x) * (bottom - from.y);
  return sum.map((total) => Math.floor(total / count));
}
