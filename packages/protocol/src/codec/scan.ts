import { GridError } from '../errors.ts';
import { LIMITS } from '../limits.ts';

export interface ScanLimits {
  readonly depth: number;
  readonly nodes: number;
}

const DEFAULT: ScanLimits = { depth: LIMITS.VALUE_DEPTH_MAX, nodes: LIMITS.VALUE_NODES_MAX };

/**
 * Walks MessagePack (github.com/msgpack/msgpack/blob/master/spec.md) without allocating anything a peer chose the size
 * of: every declared length is checked against the bytes that are really there before a decoder sees them.
 */
export class Scanner {
  readonly #bytes: Uint8Array;
  readonly #limits: ScanLimits;
  #at: number;
  #nodes = 0;

  constructor(bytes: Uint8Array, at = 0, limits: ScanLimits = DEFAULT) {
    this.#bytes = bytes;
    this.#at = at;
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
    if (tag <= 0x8f) return this.#children((tag & 15) * 2, depth);
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
        return this.#pass(this.#uint(1 << (tag - 0xc7)) + 1);
      case 0xca:
        return this.#pass(4);
      case 0xcb:
        return this.#pass(8);
      case 0xdc:
      case 0xdd:
        return this.#children(this.#uint(2 << (tag - 0xdc)), depth);
      case 0xde:
      case 0xdf:
        return this.#children(this.#uint(2 << (tag - 0xde)) * 2, depth);
      case 0xc1:
        throw malformed('it has a reserved tag');
      default:
        if (tag >= 0xd4 && tag <= 0xd8) return this.#pass((1 << (tag - 0xd4)) + 1);
        return this.#pass(1 << ((tag - 0xcc) & 3));
    }
  }

  #children(count: number, depth: number): number {
    if (count > this.#bytes.length - this.#at) throw malformed('it declares more than it carries');
    for (let i = 0; i < count; i++) this.skip(depth + 1);
    return this.#at;
  }

  #uint(width: number): number {
    const start = this.#at;
    this.#pass(width);
    let value = 0;
    for (let i = start; i < this.#at; i++) value = value * 256 + (this.#bytes[i] as number);
    return value;
  }

  #pass(count: number): number {
    if (count > this.#bytes.length - this.#at) throw malformed('it ends too early');
    this.#at += count;
    return this.#at;
  }
}

export function malformed(why: string): GridError {
  return new GridError('frame-malformed', `A message could not be read: ${why}.`);
}

export function tooLarge(why: string): GridError {
  return new GridError('frame-too-large', `A message was refused: ${why}.`);
}
