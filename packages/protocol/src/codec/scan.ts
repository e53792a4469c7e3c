import { GridError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { EXTENSION, isBigint, isMoment, isTypedArray } from './extension.ts';

export interface ScanLimits {
  readonly depth: number;
  readonly nodes: number;
}

const DEFAULT: ScanLimits = { depth: LIMITS.VALUE_DEPTH_MAX, nodes: LIMITS.VALUE_NODES_MAX };

/** The one key that a decoder must not set. */
const PROTO = new TextEncoder().encode('__proto__');

/**
 * Walks MessagePack (github.com/msgpack/msgpack/blob/master/spec.md) without allocating anything a peer chose the size
 * of: every declared length is checked against the bytes that are really there before a decoder sees them. What it lets
 * pass the decoder decodes, so that a column of results whose values nobody looked at can be read by its submitter.
 */
export class Scanner {
  readonly #bytes: Uint8Array;
  readonly #limits: ScanLimits;
  #at: number;
  /** Where the bytes, or the collection that is walked, end. */
  #end: number;
  #nodes = 0;
  /** Of collections inside of each other. */
  #nesting = 0;

  constructor(bytes: Uint8Array, at = 0, limits: ScanLimits = DEFAULT) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = bytes.length;
    this.#limits = limits;
  }

  get at(): number {
    return this.#at;
  }

  /** Moves past one value; throws `frame-malformed` or `frame-too-large`. */
  skip(depth = 0): number {
    if (depth > this.#limits.depth) throw tooLarge(`a value is nested over ${depth} deep`);
    if (++this.#nodes > this.#limits.nodes) throw tooLarge('a value has too many parts');
    const tag = this.#uint(1);
    if (tag <= 0x7f || tag >= 0xe0) return this.#at;
    if (tag <= 0x8f) return this.#entries(tag & 15, depth);
    if (tag <= 0x9f) return this.#children(tag & 15, depth);
    if (tag <= 0xbf) return this.#pass(tag & 31);
    return this.#long(tag, depth);
  }

  #long(tag: number, depth: number): number {
    switch (tag) {
      case 0xc0:
      case 0xc2:
      case 0xc3:
        return this.#at;
      case 0xc4:
      case 0xd9:
        return this.#pass(this.#uint(1));
      case 0xc5:
      case 0xda:
        return this.#pass(this.#uint(2));
      case 0xc6:
      case 0xdb:
        return this.#pass(this.#uint(4));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#uint(1 << (tag - 0xc7)));
      case 0xca:
        return this.#pass(4);
      case 0xcb:
        return this.#pass(8);
      case 0xdc:
      case 0xdd:
        return this.#children(this.#uint(2 << (tag - 0xdc)), depth);
      case 0xde:
      case 0xdf:
        return this.#entries(this.#uint(2 << (tag - 0xde)), depth);
      case 0xc1:
        throw malformed('it has a reserved tag');
      default:
        if (tag >= 0xd4 && tag <= 0xd8) return this.#extension(1 << (tag - 0xd4));
        return this.#pass(1 << ((tag - 0xcc) & 3));
    }
  }

  #children(count: number, depth: number): number {
    if (count > this.#end - this.#at) throw malformed('it declares more than it carries');
    for (let i = 0; i < count; i++) this.skip(depth + 1);
    return this.#at;
  }

  #entries(count: number, depth: number): number {
    if (count * 2 > this.#end - this.#at) throw malformed('it declares more than it carries');
    for (let i = 0; i < count; i++) {
      this.#key(depth + 1);
      this.skip(depth + 1);
    }
    return this.#at;
  }

  #key(depth: number): void {
    const tag = this.#bytes[this.#at] ?? 0;
    const isText = (tag & 0xe0) === 0xa0 || (tag >= 0xd9 && tag <= 0xdb);
    if (!isText) throw malformed('a key is no text');
    const head = tag < 0xd9 ? 1 : 1 + (1 << (tag - 0xd9));
    const from = this.#at + head;
    const to = this.skip(depth);
    if (isProto(this.#bytes, from, to)) throw malformed('a key of it is __proto__');
    if (!isAscii(this.#bytes, from, to)) checkText(this.#bytes.subarray(from, to));
  }

  #extension(length: number): number {
    const type = this.#uint(1);
    const from = this.#at;
    const to = this.#pass(length);
    if (type === EXTENSION.map || type === EXTENSION.set) this.#collection(type, from, to);
    else if (!isExtension(type, this.#bytes.subarray(from, to)))
      throw malformed('it has an odd extension');
    return to;
  }

  /** A list that fills its extension; of a map, one of lists. */
  #collection(type: number, from: number, to: number): void {
    if (++this.#nesting > this.#limits.depth) throw tooLarge('collections are nested too deep');
    const outer = this.#end;
    this.#end = to;
    this.#at = from;
    let count = this.#listLength();
    if (count > to - this.#at) throw malformed('it declares more than it carries');
    for (; count > 0; count--) {
      if (type === EXTENSION.map && !isList(this.#bytes[this.#at])) throw malformed('a map is odd');
      this.skip(1);
    }
    if (this.#at !== to) throw malformed('a collection is not a list');
    this.#end = outer;
    this.#nesting--;
  }

  #listLength(): number {
    const tag = this.#at < this.#end ? this.#uint(1) : 0;
    if (!isList(tag)) throw malformed('a collection is not a list');
    return tag < 0xa0 ? tag & 15 : this.#uint(2 << (tag - 0xdc));
  }

  #uint(width: number): number {
    const start = this.#at;
    this.#pass(width);
    let value = 0;
    for (let i = start; i < this.#at; i++) value = value * 256 + (this.#bytes[i] as number);
    return value;
  }

  #pass(count: number): number {
    if (count > this.#end - this.#at) throw malformed('it ends too early');
    this.#at += count;
    return this.#at;
  }
}

function isList(tag: number | undefined): boolean {
  return tag !== undefined && ((tag & 0xf0) === 0x90 || tag === 0xdc || tag === 0xdd);
}

function isExtension(type: number, bytes: Uint8Array): boolean {
  if (type === EXTENSION.bigint) return isBigint(bytes);
  if (type === EXTENSION.typedArray) return isTypedArray(bytes);
  return type === (EXTENSION.moment & 0xff) && isMoment(bytes);
}

function isProto(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from === PROTO.length && PROTO.every((byte, i) => bytes[from + i] === byte);
}

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if ((bytes[i] as number) >= 0x80) return false;
  return true;
}

/** A lenient decoder reads some other bytes as `__proto__` too. */
function checkText(bytes: Uint8Array): void {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('a key is no text');
  }
}

export function malformed(why: string): GridError {
  return new GridError('frame-malformed', `A message could not be read: ${why}.`);
}

export function tooLarge(why: string): GridError {
  return new GridError('frame-too-large', `A message was refused: ${why}.`);
}
