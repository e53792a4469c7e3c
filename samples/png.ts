import { zlibSync } from 'fflate';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const FILTERS = 5;

/** A raster of red, green, blue and opacity, a byte each, row by row from the top. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/**
 * A PNG of the raster's colours, without its opacity. fflate compresses in plain JavaScript, so the same raster gives
 * the same file on every machine, which the zlib of an engine does not promise.
 */
export function encodePng({ width, height, rgba }: Raster): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 2], 8);
  const rows = zlibSync(filteredRows(width, height, rgba), { level: 9 });
  return joined([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', new Uint8Array()),
  ]);
}

/** Each row under the filter that leaves the smallest numbers. */
function filteredRows(width: number, height: number, rgba: Uint8Array): Uint8Array {
  const bytes = width * 3;
  const filtered = new Uint8Array(height * (bytes + 1));
  let above: Uint8Array = new Uint8Array(bytes);
  for (let row = 0; row < height; row++) {
    const here = colours(rgba.subarray(row * width * 4, (row + 1) * width * 4));
    const filter = smallestFilter(here, above);
    filtered[row * (bytes + 1)] = filter;
    for (let at = 0; at < bytes; at++) {
      filtered[row * (bytes + 1) + 1 + at] = difference(filter, here, above, at);
    }
    above = here;
  }
  return filtered;
}

function colours(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let at = 0; at < rgb.length; at++) rgb[at] = rgba[Math.floor(at / 3) * 4 + (at % 3)] ?? 0;
  return rgb;
}

function smallestFilter(here: Uint8Array, above: Uint8Array): number {
  let [best, bestSum] = [0, Number.POSITIVE_INFINITY];
  for (let filter = 0; filter < FILTERS; filter++) {
    let sum = 0;
    for (let at = 0; at < here.length; at++) {
      sum += Math.abs((difference(filter, here, above, at) << 24) >> 24);
    }
    if (sum < bestSum) [best, bestSum] = [filter, sum];
  }
  return best;
}

/** PNG's filters: none, left, above, average, Paeth. */
function difference(filter: number, here: Uint8Array, above: Uint8Array, at: number): number {
  const left = here[at - 3] ?? 0;
  const up = above[at] ?? 0;
  const corner = above[at - 3] ?? 0;
  const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
  return ((here[at] ?? 0) - guess) & 255;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [guess - left, guess - up, guess - corner].map(Math.abs) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
