import { encodeValue } from '@manytabs/protocol';

const DOUBLE = new DataView(new ArrayBuffer(8));

/**
 * Appends values in the canonical encoding to a buffer that grows. Small scalars and bytes, most of what tasks
 * return, are written in place; the bytes are those of encodeValue (a property test holds the two together).
 */
export class ValueWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @throws {GridError} `output-not-cloneable`; nothing was appended then. */
  add(value: unknown): void {
    if (typeof value === 'number') this.#number(value);
    else if (value === undefined || value === null) this.#byte(0xc0);
    else if (typeof value === 'boolean') this.#byte(value ? 0xc3 : 0xc2);
    else this.append(encodeValue(value));
  }

  append(encoded: Uint8Array): void {
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  truncate(length: number): void {
    this.#length = length;
  }

  /** All that was appended; the writer is empty afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #number(value: number): void {
    if (Number.isNaN(value)) this.append(encodeValue(value));
    else if (!Number.isSafeInteger(value)) this.#double(value);
    else if (value >= 0) this.#natural(value);
    else if (value >= -0x20) this.#byte(0x100 + value);
    else this.append(encodeValue(value));
  }

  #natural(value: number): void {
    if (value < 0x80) this.#byte(value);
    else if (value < 0x100) this.#tagged(0xcc, value, 1);
    else if (value < 0x10000) this.#tagged(0xcd, value, 2);
    else if (value < 0x100000000) this.#tagged(0xce, value, 4);
    else this.append(encodeValue(value));
  }

  #tagged(tag: number, value: number, width: number): void {
    this.#reserve(1 + width);
    this.#bytes[this.#length++] = tag;
    for (let shift = (width - 1) * 8; shift >= 0; shift -= 8)
      this.#bytes[this.#length++] = value >>> shift;
  }

  #double(value: number): void {
    this.#reserve(9);
    this.#bytes[this.#length++] = 0xcb;
    DOUBLE.setFloat64(0, value);
    for (let i = 0; i < 8; i++) this.#bytes[this.#length++] = DOUBLE.getUint8(i);
  }

  #byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
