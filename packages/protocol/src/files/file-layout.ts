import { assert } from '../assert.ts';
import type { CodeScheme } from '../messages/files.ts';

export interface StripeLayout {
  readonly number: number;
  /** Its first piece; the data pieces come first. */
  readonly first: number;
  readonly data: number;
  readonly parity: number;
  /** Of its parity pieces, and of its data pieces when they are filled up with zeros for the code. */
  readonly pieceBytes: number;
}

/**
 * How a file is cut: into data shards of one size, the last of which may be shorter, and with a code after each
 * `code.data` of them the parity pieces of that stripe. The last stripe may have fewer data pieces.
 */
export class FileLayout {
  readonly bytes: number;
  readonly shardBytes: number;
  readonly code: CodeScheme | null;
  readonly dataShards: number;
  readonly pieces: number;

  constructor(bytes: number, shardBytes: number, code: CodeScheme | null) {
    this.bytes = bytes;
    this.shardBytes = shardBytes;
    this.code = code;
    this.dataShards = Math.ceil(bytes / shardBytes);
    const stripes = code ? Math.ceil(this.dataShards / code.data) : 0;
    this.pieces = this.dataShards + stripes * (code?.parity ?? 0);
  }

  /** The piece that holds data shard `number`. */
  pieceOf(number: number): number {
    const { code } = this;
    return code ? number + Math.floor(number / code.data) * code.parity : number;
  }

  /** The data shard in a piece; undefined for parity. */
  dataShardOf(piece: number): number | undefined {
    if (!this.code) return piece;
    const stripe = this.stripeOf(piece);
    const offset = piece - stripe.first;
    return offset < stripe.data ? stripe.number * this.code.data + offset : undefined;
  }

  sizeOf(piece: number): number {
    const number = this.dataShardOf(piece);
    return number === undefined ? this.stripeOf(piece).pieceBytes : this.#sizeOfData(number);
  }

  /** Of a file with a code. */
  stripeOf(piece: number): StripeLayout {
    assert(this.code, 'a file without a code has no stripes');
    return this.stripe(Math.floor(piece / (this.code.data + this.code.parity)));
  }

  stripe(number: number): StripeLayout {
    assert(this.code, 'a file without a code has no stripes');
    const { data, parity } = this.code;
    const firstShard = number * data;
    return {
      number,
      first: number * (data + parity),
      data: Math.min(data, this.dataShards - firstShard),
      parity,
      pieceBytes: this.#sizeOfData(firstShard),
    };
  }

  #sizeOfData(number: number): number {
    return Math.min(this.shardBytes, this.bytes - number * this.shardBytes);
  }
}
