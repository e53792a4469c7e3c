import { type JobView, placeTile } from '@manytabs/protocol';

/** A result that can be looked at: a file that browsers draw without running anything, or pixels. */
export type ResultPicture =
  | { readonly kind: 'file'; readonly type: string; readonly bytes: Uint8Array }
  | {
      readonly kind: 'pixels';
      readonly width: number;
      readonly height: number;
      readonly rgba: Uint8Array;
    };

const SIDE_MAX = 4_096;

/** By the first bytes; markup, SVG among it, is no picture here. */
const SIGNATURES: readonly (readonly [type: string, at: number, bytes: readonly number[]])[] = [
  ['image/png', 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', 0, [0xff, 0xd8, 0xff]],
  ['image/gif', 0, [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', 8, [0x57, 0x45, 0x42, 0x50]],
];

export function pictureOf(
  value: unknown,
  index: number,
  view: JobView['view'],
): ResultPicture | undefined {
  const file = fileOf(value);
  if (file) return file;
  const tile = view?.kind === 'mosaic' ? placeTile(view, index, value) : undefined;
  return tile ? { kind: 'pixels', ...tile } : pixelsOf(value);
}

function fileOf(value: unknown): ResultPicture | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  const found = SIGNATURES.find(([, at, bytes]) =>
    bytes.every((byte, n) => value[at + n] === byte),
  );
  return found && { kind: 'file', type: found[0], bytes: value };
}

function pixelsOf(value: unknown): ResultPicture | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { width, height, rgba } = value as Readonly<Record<string, unknown>>;
  if (!isSide(width) || !isSide(height)) return undefined;
  if (!(rgba instanceof Uint8Array || rgba instanceof Uint8ClampedArray)) return undefined;
  if (rgba.length !== width * height * 4) return undefined;
  return { kind: 'pixels', width, height, rgba: new Uint8Array(rgba) };
}

function isSide(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= SIDE_MAX;
}
