/** Deadlines are met up to this much late and never early. */
const COARSE_MS = 250;

export interface Due {
  /** Managed by Deadlines: the bucket it waits in. */
  bucket: number;
}

/** A coarse timing wheel: moving a deadline and finding the due ones cost nothing that grows with their number. */
export class Deadlines<T extends Due> {
  readonly #buckets = new Map<number, Set<T>>();
  #first = Number.POSITIVE_INFINITY;

  /** When the next ones are due, in ms. */
  get nextAt(): number | undefined {
    return this.#first === Number.POSITIVE_INFINITY ? undefined : this.#first * COARSE_MS;
  }

  set(item: T, dueAt: number): void {
    const number = Math.ceil(dueAt / COARSE_MS);
    if (item.bucket === number) return;
    this.clear(item);
    item.bucket = number;
    const bucket = this.#buckets.get(number);
    if (bucket) bucket.add(item);
    else this.#buckets.set(number, new Set([item]));
    if (number < this.#first) this.#first = number;
  }

  clear(item: T): void {
    const bucket = this.#buckets.get(item.bucket);
    bucket?.delete(item);
    if (bucket?.size === 0) this.#drop(item.bucket);
    item.bucket = NaN;
  }

  /** Takes out whatever is due. */
  take(at: number): T[] {
    const due: T[] = [];
    while (this.#first * COARSE_MS <= at) {
      const number = this.#first;
      for (const item of this.#buckets.get(number) ?? []) {
        item.bucket = NaN;
        due.push(item);
      }
      this.#drop(number);
    }
    return due;
  }

  #drop(number: number): void {
    this.#buckets.delete(number);
    if (number !== this.#first) return;
    this.#first = Number.POSITIVE_INFINITY;
    for (const other of this.#buckets.keys()) if (other < this.#first) this.#first = other;
  }
}
