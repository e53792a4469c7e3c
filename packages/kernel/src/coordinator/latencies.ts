import type { Quantiles } from '@manytabs/protocol';

/** Neighbouring buckets differ by a twentieth, so a quantile is off by a fortieth at most. */
const STEP = Math.log(1.05);
const MS_MIN = 1e-3;
const MS_MAX = 30 * 86_400_000;
const SHARES = [0.5, 0.9, 0.99] as const;

/** How long things took, in a bounded number of buckets whatever their count. */
export class Latencies {
  readonly #buckets = new Map<number, number>();
  #count = 0;

  add(ms: number, count: number): void {
    const known = Math.min(Math.max(ms, MS_MIN), MS_MAX);
    const bucket = Math.round(Math.log(known / MS_MIN) / STEP);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
    this.#count += count;
  }

  /** In ms; all zero where nothing was added. */
  quantiles(): Quantiles {
    const buckets = [...this.#buckets].sort(([a], [b]) => a - b);
    const [p50, p90, p99] = SHARES.map((share) => this.#at(buckets, share)) as [
      number,
      number,
      number,
    ];
    return { p50, p90, p99 };
  }

  #at(buckets: readonly (readonly [number, number])[], share: number): number {
    let below = 0;
    for (const [bucket, count] of buckets) {
      below += count;
      if (below >= share * this.#count) return bucket === 0 ? 0 : MS_MIN * Math.exp(bucket * STEP);
    }
    return 0;
  }
}
