/** A rate over time, bounded: when full, every second point goes and points are taken half as often. */
export class RateHistory {
  readonly #points: { at: number; value: number }[] = [];
  readonly #capacity: number;
  #gapMs = 500;

  constructor(capacity = 600) {
    this.#capacity = capacity;
  }

  get points(): readonly { readonly at: number; readonly value: number }[] {
    return this.#points;
  }

  add(at: number, value: number): void {
    const last = this.#points.at(-1);
    if (last && at - last.at < this.#gapMs) return;
    this.#points.push({ at, value });
    if (this.#points.length >= this.#capacity) this.#halve();
  }

  #halve(): void {
    let kept = 0;
    for (let i = 0; i < this.#points.length; i += 2) {
      const point = this.#points[i];
      if (point) this.#points[kept++] = point;
    }
    this.#points.length = kept;
    this.#gapMs *= 2;
  }
}
