import { GridError } from '@manytabs/protocol';

export function invalid(why: string): GridError {
  return new GridError('wasm-invalid', `The WASM module was refused: ${why}.`);
}

/** Reads a module's bytes without believing any length in them. Everything throws `wasm-invalid`. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  at: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  get done(): boolean {
    return this.at >= this.#end;
  }

  byte(): number {
    if (this.done) throw invalid('it ends too early');
    return this.#bytes[this.at++] as number;
  }

  /** An unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
      if (shift === 28) throw invalid('a number in it is too long');
    }
    if (value > 0xffffffff) throw invalid('a number in it is too large');
    return value;
  }

  /** Passes a LEB128 of at most 64 bits, signed or not; gives its first byte. */
  leb(): number {
    const first = this.byte();
    let byte = first;
    for (let more = 0; byte >= 0x80; more++) {
      if (more === 9) throw invalid('a number in it is too long');
      byte = this.byte();
    }
    return first;
  }

  /** A section, or another run of `length` bytes. */
  sub(length: number): Reader {
    if (length > this.#end - this.at) throw invalid('it declares more than it carries');
    const part = new Reader(this.#bytes, this.at, this.at + length);
    this.at += length;
    return part;
  }

  name(): string {
    const length = this.u32();
    const start = this.at;
    this.sub(length);
    return new TextDecoder().decode(this.#bytes.subarray(start, start + length));
  }
}
