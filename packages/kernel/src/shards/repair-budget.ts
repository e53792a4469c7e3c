import { SHARD_LIMITS } from './shard-limits.ts';

/** How much may be copied again now. A second's worth may be saved up, and the copy that empties it still goes. */
export class RepairBudget {
  #credit: number = SHARD_LIMITS.REPAIR_BYTES_PER_SECOND;
  #at = 0;

  spend(bytes: number, at: number): boolean {
    const perSecond = SHARD_LIMITS.REPAIR_BYTES_PER_SECOND;
    const earned = ((at - this.#at) / 1_000) * perSecond;
    this.#credit = Math.min(perSecond, this.#credit + earned);
    this.#at = at;
    if (this.#credit <= 0) return false;
    this.#credit -= bytes;
    return true;
  }

  /** When there is some again, if it is spent. */
  wakeAt(): number | undefined {
    if (this.#credit > 0) return undefined;
    const missingMs = (-this.#credit / SHARD_LIMITS.REPAIR_BYTES_PER_SECOND) * 1_000;
    return this.#at + Math.ceil(missingMs) + 1;
  }
}
