import { assert, type InputChunk, must } from '@manytabs/protocol';

export interface PlacedChunk {
  readonly chunk: InputChunk;
  /** The task of its first row. */
  readonly from: number;
  readonly to: number;
}

/** The shards of an input list and which tasks each one holds. */
export class ChunkList {
  readonly #chunks: InputChunk[] = [];
  readonly #starts: number[] = [];
  #total = 0;

  constructor(chunks: readonly InputChunk[]) {
    for (const chunk of chunks) this.add(chunk);
  }

  get total(): number {
    return this.#total;
  }

  get all(): readonly InputChunk[] {
    return this.#chunks;
  }

  add(chunk: InputChunk): void {
    this.#chunks.push(chunk);
    this.#starts.push(this.#total);
    this.#total += chunk.count;
  }

  at(index: number): PlacedChunk {
    assert(index >= 0 && index < this.#total, 'the task is in the list');
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#starts[middle] as number) <= index) low = middle;
      else high = middle - 1;
    }
    const chunk = must(this.#chunks[low], 'every start has its chunk');
    const from = this.#starts[low] as number;
    return { chunk, from, to: from + chunk.count };
  }
}
