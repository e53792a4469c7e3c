import type { ResultsOptions, TaskResult } from 'manytabs';

type After = ResultsOptions['after'];

export interface ResultPage {
  readonly number: number;
  readonly rows: readonly TaskResult<unknown>[];
  /** It has all the rows it will ever have, and there may be a next one. */
  readonly isFull: boolean;
}

/**
 * Results in the order in which they became final, a page at a time, read from the grid when it is looked at: what a page
 * costs does not depend on how many there are. Pages are gone through one after another, as each begins where one ends.
 */
export class ResultPages {
  readonly #read: (after: After) => AsyncIterable<TaskResult<unknown>>;
  readonly #size: number;
  /** Behind what each known page begins. */
  readonly #starts: After[] = [undefined];
  #page: ResultPage | undefined;

  constructor(read: (after: After) => AsyncIterable<TaskResult<unknown>>, size: number) {
    this.#read = read;
    this.#size = size;
  }

  /** @param decided how many results there are by now: more are not waited for */
  async page(number: number, decided: number): Promise<ResultPage> {
    const count = Math.max(0, Math.min(this.#size, decided - number * this.#size));
    const known = this.#page;
    if (known?.number === number && (known.isFull || known.rows.length >= count)) return known;
    const rows = number < this.#starts.length ? await this.#rows(this.#starts[number], count) : [];
    const isFull = rows.length === this.#size;
    if (isFull) this.#starts[number + 1] = rows.at(-1)?.cursor;
    this.#page = { number, rows, isFull };
    return this.#page;
  }

  async #rows(after: After, count: number): Promise<TaskResult<unknown>[]> {
    const rows: TaskResult<unknown>[] = [];
    if (count === 0) return rows;
    for await (const result of this.#read(after)) {
      rows.push(result);
      if (rows.length >= count) break;
    }
    return rows;
  }
}
