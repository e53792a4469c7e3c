import {
  encodedArray,
  encodeValue,
  GridError,
  type InputChunk,
  LIMITS,
  type ShardId,
} from '@manytabs/protocol';
import { nextTurn } from '../next-turn.ts';
import { PlacedInput } from '../placed-input.ts';
import { addShard, type ShardBytes } from '../shard-bytes.ts';
import type { InputSource, Range } from './api.ts';

/**
 * The half-open range of whole numbers `[from, to)`; with one argument from 0. It is never enumerated.
 * @throws {GridError} `input-invalid` where an end is no whole number, `input-empty`
 */
export function range(from: number, to?: number): Range {
  const [start, end] = to === undefined ? [0, from] : [from, to];
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) {
    throw new GridError(
      'input-invalid',
      `The range ${start}..${end} has an end that is no whole number.`,
    );
  }
  if (end <= start) throw new GridError('input-empty', `The range ${start}..${end} is empty.`);
  return {
    kind: 'range',
    from: start,
    to: end,
    *[Symbol.iterator]() {
      for (let n = start; n < end; n++) yield n;
    },
  };
}

export function isRange(inputs: unknown): inputs is Range {
  return (
    typeof inputs === 'object' && inputs !== null && 'kind' in inputs && inputs.kind === 'range'
  );
}

export interface Chunk {
  readonly chunk: InputChunk;
  readonly bytes: Uint8Array;
}

/** Chunks are cut by size, and small at first so that work starts before everything is read. */
const FIRST_CHUNK_BYTES = 4 * 1024;
const CHUNK_BYTES = 256 * 1024;
const CHUNK_ROWS_MAX = 16_384;

/**
 * Inputs as encoded chunks, lazily. A synchronous source fills chunks; an asynchronous one is sent on whenever it
 * pauses, so that a slow source delays nobody.
 */
export async function* chunksOf<Input>(inputs: InputSource<Input>): AsyncGenerator<Chunk> {
  const builder = new ChunkBuilder();
  if (Symbol.iterator in inputs) {
    for (const input of inputs) {
      if (builder.add(input)) yield builder.take();
    }
  } else {
    yield* eager(inputs, builder);
  }
  if (builder.rows > 0) yield builder.take();
}

async function* eager<Input>(
  inputs: AsyncIterable<Input>,
  builder: ChunkBuilder,
): AsyncGenerator<Chunk> {
  const iterator = inputs[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      if (builder.rows > 0 && !(await settledSoon(next))) yield builder.take();
      const { done, value } = await next;
      if (done) return;
      if (builder.add(value)) yield builder.take();
    }
  } finally {
    await iterator.return?.();
  }
}

/** Whether the promise settles within this turn: a generator that has its next value at hand does. */
async function settledSoon(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const mark = () => {
    settled = true;
  };
  promise.then(mark, mark);
  await nextTurn();
  return settled;
}

class ChunkBuilder {
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #limit = FIRST_CHUNK_BYTES;
  #near: ShardId[] = [];

  get rows(): number {
    return this.#parts.length;
  }

  /** True when the chunk is full. */
  add(input: unknown): boolean {
    const placed = input instanceof PlacedInput ? input : undefined;
    const row = encodeValue(placed ? placed.row : input);
    if (row.length > LIMITS.SHARD_BYTES_MAX - 8) {
      throw new GridError('input-invalid', `Input ${this.rows} is over 4 MiB; pass it as a file.`);
    }
    this.#parts.push(row);
    this.#bytes += row.length;
    this.#near.push(...(placed?.near ?? []));
    return this.#near.length > 0 || this.#bytes >= this.#limit || this.rows >= CHUNK_ROWS_MAX;
  }

  take(): Chunk {
    const bytes = encodedArray(this.#parts);
    const count = this.#parts.length;
    const near = this.#near.length > 0 ? { near: this.#near } : {};
    this.#near = [];
    this.#parts = [];
    this.#bytes = 0;
    this.#limit = Math.min(CHUNK_BYTES, this.#limit * 4);
    const shards: ShardBytes = new Map();
    const shard = addShard(bytes, shards);
    return { chunk: { shard, bytes: bytes.length, count, ...near }, bytes };
  }
}
