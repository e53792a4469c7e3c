import { malformed } from './frames.ts';

const FIRST_CAPACITY_BYTES = 256 * 1024;

/**
 * Puts the pieces of a bulk message together. Memory follows the bytes that came, not the length that was announced,
 * so a peer that only announces holds nothing.
 */
export class Assembler {
  #buffer: Uint8Array | undefined;
  #filledBytes = 0;
  #totalBytes = 0;

  /** The message, once whole. @throws {GridError} `frame-malformed`. */
  start(totalBytes: number, piece: Uint8Array): Uint8Array | undefined {
    if (this.#buffer) throw malformed('A bulk message began before the last one ended.');
    if (piece.length > totalBytes) throw malformed('A piece is longer than its message.');
    if (piece.length === totalBytes) return piece;
    if (piece.length === 0) throw malformed('A piece without bytes.');
    this.#totalBytes = totalBytes;
    this.#filledBytes = 0;
    this.#buffer = new Uint8Array(Math.min(totalBytes, FIRST_CAPACITY_BYTES));
    return this.#add(this.#buffer, piece);
  }

  /** The message, once whole. @throws {GridError} `frame-malformed`. */
  more(piece: Uint8Array): Uint8Array | undefined {
    if (!this.#buffer) throw malformed('A piece of no message.');
    return this.#add(this.#buffer, piece);
  }

  #add(buffer: Uint8Array, piece: Uint8Array): Uint8Array | undefined {
    const end = this.#filledBytes + piece.length;
    if (end > this.#totalBytes) throw malformed('A piece is longer than its message.');
    const room = end > buffer.length ? this.#grow(buffer, end) : buffer;
    room.set(piece, this.#filledBytes);
    this.#filledBytes = end;
    if (end < this.#totalBytes) {
      this.#buffer = room;
      return undefined;
    }
    this.#buffer = undefined;
    return room;
  }

  #grow(buffer: Uint8Array, neededBytes: number): Uint8Array {
    const capacity = Math.max(neededBytes, buffer.length * 2);
    const larger = new Uint8Array(Math.min(this.#totalBytes, capacity));
    larger.set(buffer.subarray(0, this.#filledBytes));
    return larger;
  }
}
