import {
  Decoder,
  decodeTimestampExtension,
  Encoder,
  ExtensionCodec,
  encodeTimestampExtension,
} from '@msgpack/msgpack';
import { GridError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { EXTENSION, TYPED_ARRAYS } from './extension.ts';
import { malformed, Scanner } from './scan.ts';

const extensions = new ExtensionCodec();

extensions.register({
  type: EXTENSION.bigint,
  encode: (value) => (typeof value === 'bigint' ? utf8(value.toString(16)) : null),
  decode: (bytes) => bigintFromHex(new TextDecoder().decode(bytes)),
});

extensions.register({
  type: EXTENSION.typedArray,
  encode: encodeTypedArray,
  decode: decodeTypedArray,
});

extensions.register({
  type: EXTENSION.map,
  encode: (value) => (value instanceof Map ? encodeInner([...value]) : null),
  decode: (bytes) => new Map(arrayOf(decoder.decode(bytes)) as [unknown, unknown][]),
});

extensions.register({
  type: EXTENSION.set,
  encode: (value) => (value instanceof Set ? encodeInner([...value]) : null),
  decode: (bytes) => new Set(arrayOf(decoder.decode(bytes))),
});

extensions.register({
  type: EXTENSION.moment,
  encode: encodeMoment,
  decode: decodeTimestampExtension,
});

const encoderOptions = {
  extensionCodec: extensions,
  sortKeys: true,
  maxDepth: LIMITS.VALUE_DEPTH_MAX,
  initialBufferSize: 2048,
};

// Both copy themselves when an extension calls them again from within.
const encoder = new Encoder(encoderOptions);
const decoder = new Decoder({ extensionCodec: extensions });

/**
 * The canonical bytes of a value: MessagePack with sorted keys, one NaN, and no negative zero, so that equal values of
 * two volunteers are equal bytes. BigInt, typed arrays, Map, Set and Date keep their type.
 * @throws {GridError} `output-not-cloneable` for functions, symbols, cycles, nesting over 32, keys called `__proto__`,
 * and dates that are none.
 */
export function encodeValue(value: unknown): Uint8Array<ArrayBuffer> {
  nesting = 0;
  try {
    const bytes = encoder.encode(value);
    if (mayHaveProto(bytes) && !isReadable(bytes)) throw new TypeError('a key of it is __proto__');
    return bytes;
  } catch (cause) {
    throw new GridError('output-not-cloneable', `This value cannot be sent: ${textOf(cause)}`, {
      cause,
    });
  }
}

/**
 * Decodes bytes of unknown origin; nothing is allocated before its length was checked.
 * @throws {GridError} `frame-malformed` or `frame-too-large`.
 */
export function decodeValue(bytes: Uint8Array): unknown {
  if (new Scanner(bytes).skip() !== bytes.length) throw malformed('it has trailing bytes');
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw malformed(textOf(cause));
  }
}

/** Of collections inside of each other. */
let nesting = 0;

function encodeInner(items: readonly unknown[]): Uint8Array<ArrayBuffer> {
  if (++nesting > LIMITS.VALUE_DEPTH_MAX)
    throw new TypeError(`collections over ${LIMITS.VALUE_DEPTH_MAX} deep`);
  const bytes = encoder.encode(items);
  nesting--;
  return bytes;
}

/** Whether a text of it begins like `__proto__`; where one does, the scanner looks whether it is a key. */
function mayHaveProto(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(0xa9); at >= 0; at = bytes.indexOf(0xa9, at + 1)) {
    if (bytes[at + 1] === 0x5f && bytes[at + 2] === 0x5f) return true;
  }
  return false;
}

function isReadable(bytes: Uint8Array): boolean {
  try {
    return new Scanner(bytes).skip() === bytes.length;
  } catch {
    return false;
  }
}

function encodeMoment(value: unknown): Uint8Array | null {
  const bytes = encodeTimestampExtension(value);
  if (bytes && Number.isNaN(Number(value))) throw new TypeError('a date that is none');
  return bytes;
}

function encodeTypedArray(value: unknown): Uint8Array<ArrayBuffer> | null {
  // MessagePack would make an empty map of it.
  if (value instanceof ArrayBuffer) throw new TypeError('an ArrayBuffer; give a Uint8Array of it');
  const kind = TYPED_ARRAYS.findIndex((type) => value instanceof type);
  if (kind < 0) return null;
  const array = value as Float64Array;
  const bytes = new Uint8Array(1 + array.byteLength);
  bytes[0] = kind;
  const payload = bytes.subarray(1);
  payload.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  if (value instanceof Float64Array || value instanceof Float32Array) mendNaN(value, payload);
  return bytes;
}

/** An engine may write any of the many NaNs; sign and payload of ours are those of the standard's canonical one. */
function mendNaN(array: Float64Array | Float32Array, bytes: Uint8Array): void {
  const { BYTES_PER_ELEMENT: size, length } = array;
  const [head, next] = size === 8 ? [0x7f, 0xf8] : [0x7f, 0xc0];
  for (let i = 0; i < length; i++) {
    if (!Number.isNaN(array[i])) continue;
    bytes.fill(0, i * size, (i + 1) * size);
    bytes.set([next, head], (i + 1) * size - 2);
  }
}

function decodeTypedArray(bytes: Uint8Array): unknown {
  const type = TYPED_ARRAYS[bytes[0] ?? -1];
  const length = bytes.length - 1;
  if (!type || length % type.BYTES_PER_ELEMENT !== 0) throw malformed('it has an odd array');
  return new type(bytes.slice(1).buffer);
}

function arrayOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw malformed('a collection is not a list');
  return value;
}

function bigintFromHex(text: string): bigint {
  if (!/^-?[0-9a-f]+$/.test(text)) throw malformed('a big integer is not hex');
  return text.startsWith('-') ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
