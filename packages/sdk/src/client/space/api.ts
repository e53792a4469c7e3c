/** A value that all submitters of one owner, and all servers, see alike. */
export interface SpaceValue {
  readonly key: string;
  /** Grows with every write of any key. */
  readonly version: number;
  readonly value: unknown;
}

export interface LeaseOptions {
  /** How long a holder that died blocks the others; it is renewed by itself meanwhile. 10,000 unless said. */
  readonly leaseMs?: number | undefined;
  /** False fails with `lock-held` instead of waiting. */
  readonly wait?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A lock or a permit that is held. */
export interface Lease extends AsyncDisposable {
  /**
   * Fencing token: higher than that of every holder before. Pass it as `fence` with what is written under the lock,
   * so that a holder that was asleep when its lease ended cannot undo what came after it.
   */
  readonly token: number;
  /** Aborted when the lease is lost, with a GridError `lock-lost`. */
  readonly signal: AbortSignal;
  release(): Promise<void>;
}

export interface CounterHandle {
  /** Adds a whole number, exactly once however often the link breaks; gives the sum. */
  add(delta?: number): Promise<number>;
  get(): Promise<number>;
}

/**
 * Values, locks, semaphores, barriers and counters that the submitters of one owner share. Every operation is
 * linearizable: what a call that returned has written, every later call sees, whichever server it asks.
 */
export interface GridSpace {
  get(key: string): Promise<SpaceValue | undefined>;
  /**
   * Gives the new version. With `expected` only if the key has that version, 0 for none; with `fence` only if nobody
   * wrote under a newer lock. Values are plain data of at most 48 KiB.
   * @throws {GridError} `version-conflict`, `lock-lost`. After a link was lost meanwhile, `version-conflict` may also
   *   mean that it was written and then replaced.
   */
  put(
    key: string,
    value: unknown,
    options?: { readonly expected?: number | undefined; readonly fence?: number | undefined },
  ): Promise<number>;
  /** Whether there was something to delete. @throws {GridError} `version-conflict` */
  delete(key: string, options?: { readonly expected?: number | undefined }): Promise<boolean>;
  /** In the order of the keys' bytes. */
  list(prefix?: string): AsyncIterable<SpaceValue>;
  /** All values under a prefix, now and after every change; changes that follow fast may be told together. */
  watch(
    prefix: string,
    options?: { readonly signal?: AbortSignal | undefined },
  ): AsyncIterable<readonly SpaceValue[]>;
  /** @throws {GridError} `lock-held`, `aborted` */
  lock(name: string, options?: LeaseOptions): Promise<Lease>;
  /** One of `permits` permits, the same number for everybody. @throws {GridError} `lock-held`, `aborted` */
  semaphore(name: string, permits: number, options?: LeaseOptions): Promise<Lease>;
  /** Resolves once `parties` have called it, with the number of that meeting; then it is a new barrier. */
  barrier(
    name: string,
    parties: number,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<number>;
  counter(name: string): CounterHandle;
}

/** Values, counters and locks under the job's prefix; `grid.space` reads them as `PREFIX/KEY`. */
export interface TaskSpace {
  get(key: string): Promise<{ readonly version: number; readonly value: unknown } | undefined>;
  /** Gives the new version; see GridSpace. @throws {GridError} `version-conflict`, `lock-lost` */
  put(
    key: string,
    value: unknown,
    options?: { readonly expected?: number; readonly fence?: number },
  ): Promise<number>;
  delete(key: string, options?: { readonly expected?: number }): Promise<boolean>;
  counter(name: string): { add(delta?: number): Promise<number>; get(): Promise<number> };
  /**
   * Held for `leaseMs`, 10,000 unless said, and longer only by `renew`. `token` is the fencing token for `put`.
   * @throws {GridError} `lock-held` where it does not wait
   */
  lock(
    name: string,
    options?: { readonly leaseMs?: number; readonly wait?: boolean },
  ): Promise<{ readonly token: number; renew(): Promise<void>; release(): Promise<void> }>;
}
