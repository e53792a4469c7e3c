const BUCKET_MS = 1_000;
const BUCKETS = 30;
const RESULTS_MIN = 10;

/** How fast a job gets on, over the last half minute. */
export class Progress {
  readonly #counts = new Float64Array(BUCKETS);
  readonly #startedAt: number;
  #bucket: number;
  #total = 0;

  constructor(at: number) {
    this.#startedAt = at;
    this.#bucket = Math.floor(at / BUCKET_MS);
  }

  add(at: number, tasks: number): void {
    this.#advance(at);
    this.#counts[this.#bucket % BUCKETS] = (this.#counts[this.#bucket % BUCKETS] as number) + tasks;
    this.#total += tasks;
  }

  /** Tasks of a time that is not remembered second by second. */
  addPast(tasks: number): void {
    this.#total += tasks;
  }

  tasksPerSecond(at: number): number {
    const { rate } = this.#measure(at);
    return rate;
  }

  /**
   * Optimistic and pessimistic: the rate lately, one standard deviation of its seconds up and down, at most four
   * times slower; the rate since the start where too few results came lately.
   */
  etaMs(at: number, remaining: number): readonly [number, number] | undefined {
    if (this.#total < RESULTS_MIN) return undefined;
    const lately = this.#measure(at);
    const isSlow = lately.tasks < RESULTS_MIN;
    const average = this.#total / Math.max(1, (at - this.#startedAt) / 1_000);
    const rate = isSlow ? average : lately.rate;
    const spread = isSlow ? average / 2 : lately.spread;
    const slow = Math.max(rate - spread, rate / 4);
    return [(remaining / (rate + spread)) * 1_000, (remaining / slow) * 1_000];
  }

  #measure(at: number): { rate: number; spread: number; tasks: number } {
    const newest = Math.floor(at / BUCKET_MS);
    const oldest = Math.max(newest - BUCKETS + 1, Math.floor(this.#startedAt / BUCKET_MS));
    let tasks = 0;
    let squares = 0;
    for (let bucket = oldest; bucket <= Math.min(newest, this.#bucket); bucket++) {
      if (bucket <= this.#bucket - BUCKETS) continue;
      const count = this.#counts[bucket % BUCKETS] as number;
      tasks += count;
      squares += count * count;
    }
    const seconds = Math.max(1, (at - Math.max(oldest * BUCKET_MS, this.#startedAt)) / 1_000);
    const rate = tasks / seconds;
    const spread = Math.sqrt(Math.max(0, squares / seconds - rate * rate) / seconds);
    return { rate, spread, tasks };
  }

  #advance(at: number): void {
    const bucket = Math.floor(at / BUCKET_MS);
    const first = Math.max(this.#bucket + 1, bucket - BUCKETS + 1);
    for (let i = first; i <= bucket; i++) this.#counts[i % BUCKETS] = 0;
    this.#bucket = Math.max(this.#bucket, bucket);
  }
}
