import { type Appended, GridError } from '@manytabs/protocol';
import { MemoryKeyValue } from '@manytabs/storage';
import type { StoreMutation } from './group-options.ts';

/** Appends to one that a forgetful store only says it has kept. */
const FORGOTTEN_EVERY = 20;

/** What reaches the records of a grid, in the order in which it takes effect. */
export interface StoreWatch {
  onRead(life: number, partition: string): void;
  onWritten(life: number, partition: string, records: readonly Uint8Array[]): void;
  onReplaced(life: number, partition: string): void;
}

/** The database under all servers: records with a fence for each life, and keys with values. */
export class SharedStore {
  readonly keyValue = new MemoryKeyValue();
  readonly #partitions = new Map<string, Uint8Array[]>();
  /** By life: the highest epoch that claimed or wrote. */
  readonly #fences = new Map<number, number>();
  readonly #done = new WeakSet<object>();
  readonly #watch: StoreWatch;
  readonly #mutation: StoreMutation | undefined;
  #appends = 0;

  constructor(watch: StoreWatch, mutation?: StoreMutation | undefined) {
    this.#watch = watch;
    this.#mutation = mutation;
  }

  rows(partition: string): readonly Uint8Array[] {
    return this.#partitions.get(partition) ?? [];
  }

  fenceOf(of: number): number {
    return this.#fences.get(of) ?? 0;
  }

  claim(of: number, epoch: number): void {
    const fence = this.fenceOf(of);
    if (this.#mutation !== 'no-fence' && epoch < fence) {
      throw new GridError('epoch-stale', `Epoch ${epoch} is over: epoch ${fence} writes here now.`);
    }
    this.#fences.set(of, Math.max(epoch, fence));
  }

  /** What is appended again, as its answer was lost, is there once. */
  append(of: number, epoch: number, appended: readonly Appended[]): void {
    this.claim(of, epoch);
    if (this.#done.has(appended)) return;
    this.#done.add(appended);
    if (this.#mutation === 'forgetful' && ++this.#appends % FORGOTTEN_EVERY === 0) return;
    for (const { partition, records } of appended) {
      const known = this.#partitions.get(partition) ?? [];
      this.#partitions.set(partition, known);
      known.push(...records.map((record) => record.slice()));
      this.#watch.onWritten(of, partition, records);
    }
  }

  replace(of: number, epoch: number, partition: string, records: readonly Uint8Array[]): void {
    this.claim(of, epoch);
    this.#watch.onReplaced(of, partition);
    if (records.length === 0) this.#partitions.delete(partition);
    else this.#partitions.set(partition, [...records]);
  }

  read(by: number, partition: string, from: number, bytesMax: number): readonly Uint8Array[] {
    if (from === 0) this.#watch.onRead(by, partition);
    const records = this.rows(partition);
    let [to, bytes] = [from, 0];
    while (to < records.length && (to === from || bytes < bytesMax)) {
      bytes += records[to]?.length ?? 0;
      to += 1;
    }
    return records.slice(from, to);
  }

  partitions(prefix: string): readonly string[] {
    return [...this.#partitions.keys()].filter((name) => name.startsWith(prefix)).sort();
  }
}
