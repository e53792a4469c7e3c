import { GridError } from '@manytabs/protocol';

const EXPORT_SECTION = 7;
const FUNCTION = 0;
const NAMES_MAX = 1_000;

/**
 * Names of the functions a WASM module exports. Read from the bytes, since the page may not compile WASM.
 * @throws {GridError} `wasm-invalid`.
 */
export function wasmExports(bytes: Uint8Array): readonly string[] {
  const reader = new Reader(bytes);
  if (reader.u32() !== 0x6d736100) throw invalid('it does not begin as one');
  if (reader.u32() !== 1) throw invalid('it has an unknown version');
  while (!reader.done) {
    const id = reader.byte();
    const end = reader.leb() + reader.at;
    if (id === EXPORT_SECTION) return functionNames(reader);
    reader.at = end;
  }
  return [];
}

function functionNames(reader: Reader): readonly string[] {
  const names: string[] = [];
  const count = reader.leb();
  for (let i = 0; i < count && i < NAMES_MAX; i++) {
    const name = reader.text(reader.leb());
    const kind = reader.byte();
    reader.leb();
    if (kind === FUNCTION) names.push(name);
  }
  return names;
}

function invalid(why: string): GridError {
  return new GridError('wasm-invalid', `This file is no WASM module: ${why}.`);
}

class Reader {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.at >= this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw invalid('it ends too early');
    return byte;
  }

  u32(): number {
    return this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24);
  }

  leb(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw invalid('a number in it is too long');
  }

  text(length: number): string {
    if (this.at + length > this.#bytes.length) throw invalid('it ends too early');
    const text = new TextDecoder().decode(this.#bytes.subarray(this.at, this.at + length));
    this.at += length;
    return text;
  }
}
