import { assert } from '../assert.ts';
import { LIMITS } from '../limits.ts';
import { malformed, Scanner, tooLarge } from './scan.ts';
import { decodeValue } from './value.ts';

/**
 * The encoded values of the consecutive tasks `[from, to)`, kept as one run of bytes. Cutting and comparing columns
 * never decodes them, which is what makes a vote over thousands of small results cheap.
 */
export class Column {
  readonly from: number;
  readonly to: number;
  readonly #bytes: Uint8Array;
  /** `#offsets[#first + i]` is where value `i` starts; one more entry marks the end. */
  readonly #offsets: Uint32Array;
  readonly #first: number;

  private constructor(
    from: number,
    to: number,
    bytes: Uint8Array,
    offsets: Uint32Array,
    first: number,
  ) {
    this.from = from;
    this.to = to;
    this.#bytes = bytes;
    this.#offsets = offsets;
    this.#first = first;
  }

  /** @throws {GridError} `frame-malformed`, or `frame-too-large` past BUNDLE_TASKS_MAX values. */
  static parse(from: number, bytes: Uint8Array): Column {
    const ends: number[] = [0];
    const scanner = new Scanner(bytes);
    while (scanner.at < bytes.length) {
      ends.push(scanner.skip());
      if (ends.length > LIMITS.BUNDLE_TASKS_MAX + 1) throw tooLarge('it carries too many results');
    }
    if (ends.length === 1) throw malformed('it carries no result');
    return new Column(from, from + ends.length - 1, bytes, Uint32Array.from(ends), 0);
  }

  get count(): number {
    return this.to - this.from;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(this.#start(this.from), this.#start(this.to));
  }

  has(index: number): boolean {
    return index >= this.from && index < this.to;
  }

  value(index: number): Uint8Array {
    assert(this.has(index), 'the index is in the column');
    return this.#bytes.subarray(this.#start(index), this.#start(index + 1));
  }

  decode(index: number): unknown {
    return decodeValue(this.value(index));
  }

  slice(from: number, to: number): Column {
    assert(from >= this.from && to <= this.to && from < to, 'a slice lies inside its column');
    return new Column(from, to, this.#bytes, this.#offsets, this.#first + from - this.from);
  }

  /** Whether both cover the same tasks with the same values; MessagePack delimits itself, so bytes decide. */
  equals(other: Column): boolean {
    return this.from === other.from && this.to === other.to && sameBytes(this.bytes, other.bytes);
  }

  sameValue(other: Column, index: number): boolean {
    return sameBytes(this.value(index), other.value(index));
  }

  #start(index: number): number {
    return this.#offsets[this.#first + index - this.from] as number;
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
