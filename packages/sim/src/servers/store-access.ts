import {
  type CollectedBlobs,
  GridError,
  type Journal,
  type KeyValue,
  type Prng,
  type ShardId,
} from '@manytabs/protocol';
import type { EventQueue } from '../event-queue.ts';
import type { Process } from './process.ts';
import type { SharedStore } from './shared-store.ts';

interface Parts {
  readonly queue: EventQueue;
  readonly prng: Prng;
  readonly store: SharedStore;
  readonly process: Process;
  readonly latencyMsMax: number;
}

const GIVE_UP_MS_MAX = 4_000;

/**
 * A server's way to the shared store. It takes its time, may be cut off for a while, and may lose an answer to what was
 * done all the same; what a process sent before its death still arrives.
 */
export class StoreAccess {
  readonly #parts: Parts;
  #cutUntil = 0;
  #lastAt = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  cut(ms: number): void {
    this.#cutUntil = Math.max(this.#cutUntil, this.#parts.queue.now + ms);
  }

  /** The journal as a life wrote it. */
  journalOf(of: number, by: number): Journal {
    const { store } = this.#parts;
    return {
      append: (epoch, appended) => this.#do(() => store.append(of, epoch, appended)),
      read: (partition, from, bytesMax) =>
        this.#do(() => store.read(by, partition, from, bytesMax)),
      count: (partition) => this.#do(() => store.rows(partition).length),
      partitions: (prefix) => this.#do(() => store.partitions(prefix)),
      replace: (epoch, partition, records) =>
        this.#do(() => store.replace(of, epoch, partition, records)),
      claim: (epoch) => this.#do(() => store.claim(of, epoch)),
      epoch: () => this.#do(() => store.fenceOf(of)),
      close: async () => {},
    };
  }

  keyValue(): KeyValue {
    const { keyValue } = this.#parts.store;
    return {
      get: (key) => this.#do(() => keyValue.get(key)),
      put: (key, value, options) => this.#do(() => keyValue.put(key, value, options)),
      delete: (key, expected) => this.#do(() => keyValue.delete(key, expected)),
      list: (prefix, options) => this.#do(() => keyValue.list(prefix, options)),
      watch: async () => () => {},
      close: async () => {},
    };
  }

  /** Programs and inputs are there, and nobody looks into them. */
  blobs(): CollectedBlobs {
    const bytes = new Uint8Array(8);
    const none = async () => {};
    return {
      put: none,
      get: async (_shard: ShardId) => bytes,
      has: async () => true,
      use: async () => true,
      list: async () => [],
      size: async () => 0,
      delete: none,
      removeUnused: async () => false,
      close: none,
    };
  }

  #do<T>(work: () => T | Promise<T>): Promise<T> {
    const { process } = this.#parts;
    return new Promise((resolve, reject) => {
      const answer = (settle: () => void) => process.happen(settle);
      if (process.call())
        this.#send(
          work,
          (value) => answer(() => resolve(value)),
          (reason) => answer(() => reject(reason)),
        );
    });
  }

  #send<T>(
    work: () => T | Promise<T>,
    resolve: (value: T) => void,
    reject: (reason: unknown) => void,
  ): void {
    const { queue, prng, latencyMsMax } = this.#parts;
    const isCut = queue.now < this.#cutUntil;
    const isLost = isCut && prng.chance(0.7);
    this.#lastAt = Math.max(this.#lastAt, queue.now + prng.int(latencyMsMax + 1));
    const backMs = prng.int(latencyMsMax + 1);
    const failMs = 1 + prng.int(GIVE_UP_MS_MAX);
    queue.at(this.#lastAt, () => {
      const away = () => reject(new GridError('storage-failed', 'The store does not answer.'));
      if (isLost) return void queue.after(failMs, away);
      const done = attempt(work);
      // What is done is done now; only the answer takes its time, or is lost.
      if (isCut) return void queue.after(failMs, away);
      queue.after(backMs, () => void done.then(resolve, reject));
    });
  }
}

/** What throws becomes a rejection, which somebody looks at later or never. */
function attempt<T>(work: () => T | Promise<T>): Promise<T> {
  const done = (async () => work())();
  done.catch(() => {});
  return done;
}
