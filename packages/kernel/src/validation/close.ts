import { type Compare, encodeValue, sameBytes } from '@manytabs/protocol';

/** Whether two decoded results count as one. Never throws for what a stranger sent. */
export type Closeness = (a: unknown, b: unknown) => boolean;

type FloatTolerance = Extract<Compare, { kind: 'float' }>;

/** Whether two results count as one in a job that compares so. */
export function isSameResult(compare: Compare | undefined, a: unknown, b: unknown): boolean {
  if (sameBytes(encodeValue(a), encodeValue(b))) return true;
  return compare !== undefined && compare.kind !== 'bytes' && closenessOf(compare)(a, b);
}

export function closenessOf(compare: Exclude<Compare, { kind: 'bytes' }>): Closeness {
  switch (compare.kind) {
    case 'float':
      return (a, b) => isNear(a, b, compare);
    case 'set':
      return isSameSet;
    case 'image':
      return (a, b) => isSameImage(a, b, compare.psnr);
  }
}

function isNear(a: unknown, b: unknown, tolerance: FloatTolerance): boolean {
  if (typeof a === 'number' && typeof b === 'number') return areClose(a, b, tolerance);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (kindOf(a) !== kindOf(b)) return false;
  if (ArrayBuffer.isView(a)) return areEach(numbersOf(a), numbersOf(b), tolerance);
  if (Array.isArray(a)) return areEach(a, b as unknown[], tolerance);
  if (kindOf(a) === '[object Date]') return Number(a) === Number(b);
  if (a instanceof Map || a instanceof Set) {
    return areEach([...a], [...(b as Map<unknown, unknown> | Set<unknown>)], tolerance);
  }
  const [left, right] = [Object.keys(a).sort(), Object.keys(b).sort()];
  if (left.join('\0') !== right.join('\0')) return false;
  return left.every((key) => isNear(a[key as never], b[key as never], tolerance));
}

function kindOf(value: object): string {
  return Object.prototype.toString.call(value);
}

/** Elements of a typed array; big ones are exact, like other values that are no numbers. */
function numbersOf(view: unknown): ArrayLike<unknown> {
  return view instanceof DataView ? [] : (view as ArrayLike<unknown>);
}

function areEach(a: ArrayLike<unknown>, b: ArrayLike<unknown>, tolerance: FloatTolerance): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!isNear(a[i], b[i], tolerance)) return false;
  return true;
}

function areClose(a: number, b: number, { abs = 0, rel = 0, ulps = 0 }: FloatTolerance): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  const difference = Math.abs(a - b);
  if (difference <= abs || difference <= rel * Math.max(Math.abs(a), Math.abs(b))) return true;
  return ulps > 0 && ulpsBetween(a, b) <= BigInt(ulps);
}

const scratch = new DataView(new ArrayBuffer(8));

/** How many doubles lie between two, counted along the line of all doubles. */
function ulpsBetween(a: number, b: number): bigint {
  const distance = rank(a) - rank(b);
  return distance < 0n ? -distance : distance;
}

function rank(value: number): bigint {
  scratch.setFloat64(0, value);
  const bits = scratch.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fffffffffffffffn) : bits;
}

/** Lists, sets and maps with the same elements in any order, each as often. */
function isSameSet(a: unknown, b: unknown): boolean {
  const [left, right] = [elementsOf(a), elementsOf(b)];
  if (!left || !right) return sameBytes(encodeValue(a), encodeValue(b));
  if (left.length !== right.length) return false;
  return left.every((key, i) => key === right[i]);
}

function elementsOf(value: unknown): string[] | undefined {
  const isList = Array.isArray(value) || value instanceof Set || value instanceof Map;
  if (!isList) return undefined;
  return [...(value as Iterable<unknown>)].map((item) => encodeValue(item).join()).sort();
}

const PIXEL_MAX = 255;

/** Pictures whose peak signal-to-noise ratio is at least so many decibels; everything but the pixels is equal. */
function isSameImage(a: unknown, b: unknown, psnr: number): boolean {
  const [left, right] = [pixelsOf(a), pixelsOf(b)];
  if (!left || !right || left.length !== right.length) return false;
  if (!sameBytes(encodeValue(frameOf(a)), encodeValue(frameOf(b)))) return false;
  let squares = 0;
  for (let i = 0; i < left.length; i++) {
    const difference = (left[i] as number) - (right[i] as number);
    squares += difference * difference;
  }
  if (squares === 0) return true;
  const mean = squares / left.length;
  return 10 * Math.log10((PIXEL_MAX * PIXEL_MAX) / mean) >= psnr;
}

function pixelsOf(value: unknown): ArrayLike<number> | undefined {
  if (value instanceof Uint8Array || value instanceof Uint8ClampedArray) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const pixels = Object.values(value).find((field) => ArrayBuffer.isView(field));
  return pixels instanceof Uint8Array || pixels instanceof Uint8ClampedArray ? pixels : undefined;
}

function frameOf(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return null;
  const fields = Object.entries(value as object).filter(([, field]) => !ArrayBuffer.isView(field));
  return Object.fromEntries(fields);
}
