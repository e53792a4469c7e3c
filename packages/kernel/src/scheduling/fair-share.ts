import { assert } from '@manytabs/protocol';

/** A job's place in the queue for workers. */
export interface Share {
  readonly weight: number;
  /** Work received so far divided by the weight; the lowest goes first. */
  pass: number;
  isReady: boolean;
}

/** A priority is worth twice the one below it. */
export function weightOf(priority: number): number {
  return 2 ** (priority - 5);
}

/**
 * Stride scheduling (Waldspurger and Weihl 1995) over the jobs that have something to hand out. A job that comes or
 * comes back starts at the present, so nobody saves up a claim by having had nothing to do.
 */
export class FairShare<T extends Share> {
  readonly #ready: T[] = [];
  #present = 0;

  /** The ready jobs, most deserving first. Charging one changes the order: stop reading after that. */
  get order(): readonly T[] {
    return this.#ready;
  }

  setReady(share: T, isReady: boolean): void {
    if (share.isReady === isReady) return;
    share.isReady = isReady;
    if (!isReady) return this.#remove(share);
    share.pass = Math.max(share.pass, this.#present);
    this.#insert(share);
  }

  /** Work in ms that the job got; negative where less was used than charged. */
  charge(share: T, ms: number): void {
    if (ms > 0 && share.isReady) this.#present = Math.max(this.#present, share.pass);
    if (share.isReady) this.#remove(share);
    share.pass = Math.max(0, share.pass + ms / share.weight);
    if (share.isReady) this.#insert(share);
  }

  #insert(share: T): void {
    let low = 0;
    let high = this.#ready.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ready[middle] as T).pass <= share.pass) low = middle + 1;
      else high = middle;
    }
    this.#ready.splice(low, 0, share);
  }

  #remove(share: T): void {
    const at = this.#ready.indexOf(share);
    assert(at >= 0, 'a ready job is in the order');
    this.#ready.splice(at, 1);
  }
}
