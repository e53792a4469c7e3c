/** Whole numbers as runs of consecutive ones: what was decided of a job is mostly one run. */
export class RunSet {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds `[from, to)`, which may overlap what is there. */
  add(from: number, to: number): void {
    let first = this.#seek(from);
    // A run that ends where this one begins becomes one with it.
    if (first > 0 && (this.#ends[first - 1] as number) === from) first -= 1;
    let last = first;
    let [start, end] = [from, to];
    while (last < this.#starts.length && (this.#starts[last] as number) <= to) {
      start = Math.min(start, this.#starts[last] as number);
      end = Math.max(end, this.#ends[last] as number);
      this.#size -= (this.#ends[last] as number) - (this.#starts[last] as number);
      last += 1;
    }
    this.#starts.splice(first, last - first, start);
    this.#ends.splice(first, last - first, end);
    this.#size += end - start;
  }

  /** Whether all of `[from, to)` is there. */
  holds(from: number, to: number): boolean {
    const at = this.#seek(from);
    const start = this.#starts[at];
    return start !== undefined && start <= from && (this.#ends[at] as number) >= to;
  }

  /** From, to, from, to, … in order. */
  toArray(): number[] {
    return this.#starts.flatMap((start, i) => [start, this.#ends[i] as number]);
  }

  /** The first run that ends after `index`. */
  #seek(index: number): number {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ends[middle] as number) <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
