import { encodeValue, type JobId, type JobSpec, jobId } from '@manytabs/protocol';
import { sha256 } from '../identity/crypto.ts';
import { shownOf } from '../placed-input.ts';
import type { InputSource, TaskResult } from './api.ts';
import type { Memo } from './memo.ts';

const ID_BYTES = 16;

/** The same for the same program and key of the same submitter, so that submitting again finds the job. */
export function keyedJobId(secret: string, key: string, spec: JobSpec): JobId {
  const { name: _, purpose: __, priority: ___, ...content } = spec;
  return jobId(sha256(encodeValue([secret, key, content])).subarray(0, ID_BYTES));
}

/** Inputs of equal keys as one, and the results of the one for each of them; with a memo, also those of earlier jobs. */
export class KeyedInputs<Input> {
  readonly #inputs: InputSource<Input>;
  readonly #key: (input: Input) => string;
  readonly #memo: Memo | undefined;
  /** Of each input that is submitted. */
  readonly #submitted: Group[] = [];
  readonly #remembered: (Group & { readonly row: TaskResult<unknown> })[] = [];
  readonly #told = new Map<number, TaskResult<unknown>>();

  constructor(inputs: InputSource<Input>, key: (input: Input) => string, memo?: Memo) {
    this.#inputs = inputs;
    this.#key = key;
    this.#memo = memo;
  }

  async *distinct(): AsyncGenerator<Input> {
    const known = new Map<string, Group>();
    let place = 0;
    for await (const input of this.#inputs) {
      const key = this.#key(shownOf(input) as Input);
      const group = known.get(key);
      if (group) group.places.push(place);
      else {
        const first: Group = { key, places: [place] };
        known.set(key, first);
        if (!(await this.#remember(first))) {
          this.#submitted.push(first);
          yield input;
        }
      }
      place++;
    }
  }

  /** Whether an earlier job computed it. */
  async #remember(group: Group): Promise<boolean> {
    const found = await this.#memo?.find(group.key);
    if (!found) return false;
    const row = { index: 0, status: 'fulfilled', state: 'final', ...found } as const;
    this.#remembered.push({ ...group, row });
    return true;
  }

  /** What comes for a place that was found after its result was told is told at the end. */
  async *spread<Output>(
    rows: AsyncIterable<TaskResult<Output>>,
  ): AsyncGenerator<TaskResult<Output>> {
    const told = new Map<Group, number>();
    const kept = this.#told as Map<number, TaskResult<Output>>;
    for await (const row of rows) {
      yield* this.#untoldRemembered<Output>(told);
      const group = this.#submitted[row.index];
      kept.set(row.index, row);
      if (!group) continue;
      if (row.status === 'fulfilled' && row.state === 'final')
        await this.#memo?.keep(group.key, row);
      yield* untold(group, row, told);
    }
    yield* this.#untoldRemembered<Output>(told);
    for (const row of kept.values()) {
      const group = this.#submitted[row.index];
      if (group) yield* untold(group, row, told);
    }
    await this.#memo?.settled();
  }

  *#untoldRemembered<Output>(told: Map<Group, number>): Generator<TaskResult<Output>> {
    for (const group of this.#remembered)
      yield* untold(group, group.row as TaskResult<Output>, told);
  }
}

interface Group {
  readonly key: string;
  readonly places: number[];
}

function* untold<Output>(
  group: Group,
  row: TaskResult<Output>,
  told: Map<Group, number>,
): Generator<TaskResult<Output>> {
  const { places } = group;
  for (let i = told.get(group) ?? 0; i < places.length; i++) {
    yield { ...row, index: places[i] as number };
  }
  told.set(group, places.length);
}
