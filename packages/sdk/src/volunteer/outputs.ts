import type { ShardId } from '@manytabs/protocol';

const BYTES_MAX = 64 * 1024 * 1024;
/** What the coordinator has not let go of by then was said on a link that broke. */
const STALE_MS = 120_000;

interface Kept {
  readonly bytes: Uint8Array;
  at: number;
}

/** What tasks wrote here, until the coordinator has it, from this tab or from another that wrote the same. */
export class Outputs {
  readonly #kept = new Map<ShardId, Kept>();
  readonly #now: () => number;
  readonly #bytesMax: number;
  #bytes = 0;
  #waiting: (() => void)[] = [];

  constructor(now: () => number, bytesMax = BYTES_MAX) {
    this.#now = now;
    this.#bytesMax = bytesMax;
  }

  /** False where there is no room for it: it is then to travel with its result. */
  keep(shard: ShardId, bytes: Uint8Array): boolean {
    const known = this.#kept.get(shard);
    if (known) {
      known.at = this.#now();
      return true;
    }
    if (this.#bytes + bytes.length > this.#bytesMax) this.#dropStale();
    if (this.#bytes + bytes.length > this.#bytesMax) return false;
    this.#kept.set(shard, { bytes, at: this.#now() });
    this.#bytes += bytes.length;
    return true;
  }

  get(shard: ShardId): Uint8Array | undefined {
    return this.#kept.get(shard)?.bytes;
  }

  /** The coordinator needs them no longer; gives those that were not of this kind. */
  release(shards: readonly ShardId[]): ShardId[] {
    const others = shards.filter((shard) => !this.#drop(shard));
    if (this.#kept.size === 0) for (const resolve of this.#waiting.splice(0)) resolve();
    return others;
  }

  /** Resolves when the coordinator has all of them, or so much later. */
  async drained(msMax: number): Promise<void> {
    if (this.#kept.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, msMax);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0;
  }

  #drop(shard: ShardId): boolean {
    const kept = this.#kept.get(shard);
    this.#bytes -= kept?.bytes.length ?? 0;
    return this.#kept.delete(shard);
  }

  #dropStale(): void {
    const before = this.#now() - STALE_MS;
    for (const [shard, { at }] of [...this.#kept]) if (at < before) this.#drop(shard);
  }
}
