import { type Rate, TokenBucket } from '@manytabs/transport';
import { networkOf } from 'manytabs/host';

const NETWORKS_MAX = 10_000;

/**
 * So many of something a second from one network; a school is one network. The one that was heard of longest ago is
 * forgotten first, and begins anew.
 */
export class NetworkRates {
  readonly #rate: Rate;
  readonly #clock: () => number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rate: Rate, clock: () => number) {
    this.#rate = rate;
    this.#clock = clock;
  }

  /** False when the network's rate is used up. */
  take(address: string | undefined): boolean {
    const now = this.#clock();
    const key = networkOf(address) ?? address ?? '';
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#rate, now);
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > NETWORKS_MAX && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket.take(now);
  }
}
