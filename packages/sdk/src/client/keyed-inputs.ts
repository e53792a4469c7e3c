import { encodeValue, type JobId, type JobSpec, jobId } from '@manytabs/protocol';
import { sha256 } from '../identity/crypto.ts';
import { shownOf } from '../placed-input.ts';
import type { InputSource, TaskResult } from './api.ts';

const ID_BYTES = 16;

/** The same for the same program and key of the same submitter, so that submitting again finds the job. */
export function keyedJobId(secret: string, key: string, spec: JobSpec): JobId {
  const { name: _, purpose: __, priority: ___, ...content } = spec;
  return jobId(sha256(encodeValue([secret, key, content])).subarray(0, ID_BYTES));
}

/** Inputs of equal keys as one, and the results of the one for each of them. */
export class KeyedInputs<Input> {
  readonly #inputs: InputSource<Input>;
  readonly #key: (input: Input) => string;
  /** The places of each distinct input. */
  readonly #places: number[][] = [];
  readonly #told = new Map<number, TaskResult<unknown>>();

  constructor(inputs: InputSource<Input>, key: (input: Input) => string) {
    this.#inputs = inputs;
    this.#key = key;
  }

  async *distinct(): AsyncGenerator<Input> {
    const known = new Map<string, number[]>();
    let place = 0;
    for await (const input of this.#inputs) {
      const key = this.#key(shownOf(input) as Input);
      const places = known.get(key);
      if (places) places.push(place);
      else {
        const first = [place];
        known.set(key, first);
        this.#places.push(first);
        yield input;
      }
      place++;
    }
  }

  /** What comes for a place that was found after its result was told is told at the end. */
  async *spread<Output>(
    rows: AsyncIterable<TaskResult<Output>>,
  ): AsyncGenerator<TaskResult<Output>> {
    const told = new Map<number, number>();
    const kept = this.#told as Map<number, TaskResult<Output>>;
    for await (const row of rows) {
      kept.set(row.index, row);
      yield* this.#untold(row, told);
    }
    for (const row of kept.values()) yield* this.#untold(row, told);
  }

  *#untold<Output>(
    row: TaskResult<Output>,
    told: Map<number, number>,
  ): Generator<TaskResult<Output>> {
    const places = this.#places[row.index] ?? [];
    for (let i = told.get(row.index) ?? 0; i < places.length; i++) {
      yield { ...row, index: places[i] as number };
    }
    told.set(row.index, places.length);
  }
}
