import { type CollectedBlobs, type ShardId, toGridError } from '@manytabs/protocol';
import { nextTurn } from '../next-turn.ts';

/** Of shards that other servers are asked for at once. */
const BATCH = 500;
const SLICE = 10_000;

export interface CollectorOptions {
  readonly blobs: CollectedBlobs;
  /** A shard that nobody needs is kept for so long: whoever put it may be about to say what for. */
  readonly graceMs: number;
  readonly now: () => number;
  /** What jobs need; a shard may come up twice. */
  readonly neededByJobs: () => Iterable<ShardId>;
  /** Whether a file or an upload needs it. */
  readonly isNeededByFiles: (shard: ShardId) => boolean;
  /** Resolves once what the answers above rest on is durable; false where this is not the place to collect. */
  readonly settled: () => Promise<boolean>;
  /** Which of them other servers need; undefined where one cannot say. */
  readonly neededElsewhere: (
    shards: readonly ShardId[],
  ) => Promise<ReadonlySet<ShardId> | undefined>;
  readonly note: (level: 'info' | 'warn', text: string, details?: object) => void;
}

interface Idle {
  readonly uses: number;
  readonly bytes: number;
  /** When it may go. */
  readonly at: number;
}

/**
 * Removes the shards that nothing needs any more: inputs and programs of jobs that ended or were forgotten, files that
 * were replaced, what was sent for a job that never came. What was put or used since it was looked at stays.
 */
export class Collector {
  readonly #options: CollectorOptions;
  #idle = new Map<ShardId, Idle>();
  readonly #hastened = new Map<ShardId, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #sweeping: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Shards that nothing needed when it looked last. */
  get idle(): number {
    return this.#idle.size;
  }

  /** Looks now, and again and again. */
  start(): void {
    this.#later(0);
  }

  /** Nobody will come back for it, but for those who are reading it. */
  hasten(shard: ShardId, ms: number): void {
    this.#hastened.set(shard, this.#options.now() + ms);
    this.#later(ms);
  }

  /** One at a time. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep()
      .catch((thrown) => {
        const { code, message } = toGridError(thrown, 'storage-failed');
        this.#options.note('warn', `unused shards were not removed: ${message}`, { code });
      })
      .finally(() => {
        this.#sweeping = undefined;
      });
    return this.#sweeping;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#sweeping;
  }

  #later(ms: number): void {
    const at = this.#options.now() + ms;
    if (this.#isClosed || at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => void this.#tick(), ms);
    this.#timer.unref?.();
  }

  async #tick(): Promise<void> {
    this.#timerAt = Number.POSITIVE_INFINITY;
    await this.sweep();
    this.#later(this.#options.graceMs / 2);
  }

  async #sweep(): Promise<void> {
    const { now, settled } = this.#options;
    await this.#look();
    const due = [...this.#idle].filter(([, { at }]) => at <= now());
    if (due.length === 0 || !(await settled())) return;
    let [count, sum] = [0, 0];
    for (let from = 0; from < due.length && !this.#isClosed; from += BATCH) {
      const removed = await this.#remove(due.slice(from, from + BATCH));
      if (!removed) break;
      count += removed.length;
      for (const bytes of removed) sum += bytes;
    }
    if (count > 0) {
      this.#options.note('info', `${count} shards were removed that nothing needs`, { bytes: sum });
    }
  }

  /** What nothing needs now, and since when it has been so. */
  async #look(): Promise<void> {
    const { blobs, graceMs, now, isNeededByFiles } = this.#options;
    const rows = await blobs.list();
    const needed = await this.#neededByJobs();
    const idle = new Map<ShardId, Idle>();
    for (const { shard, bytes, uses } of rows) {
      if (needed.has(shard) || isNeededByFiles(shard)) continue;
      const known = this.#idle.get(shard);
      const at = known?.uses === uses ? known.at : now() + graceMs;
      idle.set(shard, { uses, bytes, at: Math.min(at, this.#hastened.get(shard) ?? at) });
    }
    this.#idle = idle;
    for (const shard of [...this.#hastened.keys()]) {
      if (!idle.has(shard)) this.#hastened.delete(shard);
    }
  }

  async #neededByJobs(): Promise<Set<ShardId>> {
    const needed = new Set<ShardId>();
    let seen = 0;
    for (const shard of this.#options.neededByJobs()) {
      needed.add(shard);
      seen += 1;
      if (seen % SLICE === 0) await nextTurn();
    }
    return needed;
  }

  /** @returns the sizes of what was removed; undefined where it is not known what is needed elsewhere */
  async #remove(due: readonly [ShardId, Idle][]): Promise<number[] | undefined> {
    const { blobs, isNeededByFiles, neededElsewhere } = this.#options;
    const elsewhere = await neededElsewhere(due.map(([shard]) => shard));
    if (!elsewhere) return undefined;
    const removed: number[] = [];
    for (const [shard, { uses, bytes }] of due) {
      if (this.#isClosed) break;
      if (elsewhere.has(shard) || isNeededByFiles(shard)) continue;
      if (!(await blobs.removeUnused(shard, uses))) continue;
      this.#idle.delete(shard);
      this.#hastened.delete(shard);
      removed.push(bytes);
    }
    return removed;
  }
}
