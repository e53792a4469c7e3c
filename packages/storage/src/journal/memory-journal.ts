import { type Appended, GridError, type Journal } from '@manytabs/protocol';

/** A journal for tests and for grids that need not outlive their process. */
export class MemoryJournal implements Journal {
  readonly #partitions = new Map<string, Uint8Array[]>();
  #epoch = 0;

  append(epoch: number, appended: readonly Appended[]): Promise<void> {
    return settle(() => {
      this.#raise(epoch);
      for (const { partition, records } of appended)
        this.#records(partition).push(...copies(records));
    });
  }

  read(partition: string, from: number, bytesMax: number): Promise<readonly Uint8Array[]> {
    const records = this.#partitions.get(partition) ?? [];
    let [to, bytes] = [from, 0];
    while (to < records.length && (to === from || bytes <= bytesMax)) {
      bytes += records[to]?.length ?? 0;
      if (bytes <= bytesMax || to === from) to += 1;
    }
    return Promise.resolve(records.slice(from, to));
  }

  count(partition: string): Promise<number> {
    return Promise.resolve(this.#partitions.get(partition)?.length ?? 0);
  }

  partitions(prefix: string): Promise<readonly string[]> {
    const names = [...this.#partitions.keys()].filter((name) => name.startsWith(prefix));
    return Promise.resolve(names.sort());
  }

  replace(epoch: number, partition: string, records: readonly Uint8Array[]): Promise<void> {
    return settle(() => {
      this.#raise(epoch);
      this.#partitions.delete(partition);
      if (records.length > 0) this.#partitions.set(partition, copies(records));
    });
  }

  claim(epoch: number): Promise<void> {
    return settle(() => this.#raise(epoch));
  }

  epoch(): Promise<number> {
    return Promise.resolve(this.#epoch);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #records(partition: string): Uint8Array[] {
    const known = this.#partitions.get(partition);
    if (known) return known;
    const fresh: Uint8Array[] = [];
    this.#partitions.set(partition, fresh);
    return fresh;
  }

  #raise(epoch: number): void {
    if (epoch < this.#epoch) throw epochStale(epoch, this.#epoch);
    this.#epoch = epoch;
  }
}

export function epochStale(mine: number, theirs: number): GridError {
  return new GridError('epoch-stale', `Epoch ${mine} is over: epoch ${theirs} writes here now.`);
}

function copies(records: readonly Uint8Array[]): Uint8Array[] {
  return records.map((record) => record.slice());
}

/** What throws becomes a rejection, as with the journals that wait. */
async function settle(act: () => void): Promise<void> {
  act();
}
