/** What the encoding has beyond JSON and bytes; `moment` is MessagePack's own timestamp. */
export const EXTENSION = { bigint: 1, typedArray: 2, map: 3, set: 4, moment: -1 } as const;

export const TYPED_ARRAYS = [
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;

/** The last second of a Date. */
const SECONDS_MAX = 8_640_000_000_000n;

/** `-?[0-9a-f]+` */
export function isBigint(bytes: Uint8Array): boolean {
  const from = bytes[0] === 0x2d ? 1 : 0;
  return bytes.length > from && bytes.subarray(from).every(isHexDigit);
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
}

/** A kind and whole elements. */
export function isTypedArray(bytes: Uint8Array): boolean {
  const type = TYPED_ARRAYS[bytes[0] ?? -1];
  return type !== undefined && (bytes.length - 1) % type.BYTES_PER_ELEMENT === 0;
}

/** A time that a Date can be. */
export function isMoment(bytes: Uint8Array): boolean {
  if (bytes.length === 4 || bytes.length === 8) return true;
  if (bytes.length !== 12) return false;
  const seconds = new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(4);
  return seconds > -SECONDS_MAX && seconds < SECONDS_MAX;
}
