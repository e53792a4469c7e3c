import type { Appended, Journal } from '@manytabs/protocol';
import type { IdbStore, IdbWrite } from '../store/idb-store.ts';
import { epochStale } from './memory-journal.ts';

/** Records of one request: one each is many times slower, and all at once would ignore how much was asked for. */
const READ_RECORDS = 128;

/**
 * A journal in IndexedDB. Other tabs may have it open; the epoch, which is read inside each transaction, decides which
 * of them may write. The browser may take all of it away between visits, unless the person lets the page persist.
 */
export class IdbJournal implements Journal {
  readonly #store: IdbStore;

  constructor(store: IdbStore) {
    this.#store = store;
  }

  async append(epoch: number, appended: readonly Appended[]): Promise<void> {
    const copies = appended.map(({ partition, records }) => ({
      partition,
      records: copy(records),
    }));
    await this.#commit(epoch, async (write) => {
      for (const { partition, records } of copies) {
        add(write, partition, await lastOf(write, partition), records);
      }
    });
  }

  read(partition: string, from: number, bytesMax: number): Promise<readonly Uint8Array[]> {
    return this.#store.read(async (db) => {
      const records: Uint8Array[] = [];
      for (let size = 0; ; ) {
        const range = rangeOf(partition, from + records.length);
        const batch = await db.getAll('records', range, READ_RECORDS);
        for (const record of batch) {
          size += record.length;
          if (size > bytesMax && records.length > 0) return records;
          records.push(record);
        }
        if (batch.length < READ_RECORDS) return records;
      }
    });
  }

  count(partition: string): Promise<number> {
    return this.#store.read(async (db) => {
      const { store } = db.transaction('records');
      return ((await store.openKeyCursor(rangeOf(partition), 'prev'))?.key[1] ?? -1) + 1;
    });
  }

  partitions(prefix: string): Promise<readonly string[]> {
    return this.#store.read(async (db) => {
      const names: string[] = [];
      const { store } = db.transaction('records');
      let cursor = await store.openKeyCursor(IDBKeyRange.lowerBound([prefix]));
      while (cursor?.key[0].startsWith(prefix)) {
        names.push(cursor.key[0]);
        cursor = await cursor.continue([cursor.key[0], Infinity]);
      }
      return names;
    });
  }

  async replace(epoch: number, partition: string, records: readonly Uint8Array[]): Promise<void> {
    const copies = copy(records);
    await this.#commit(epoch, async (write) => {
      await write.objectStore('records').delete(rangeOf(partition));
      add(write, partition, 0, copies);
    });
  }

  claim(epoch: number): Promise<void> {
    return this.#commit(epoch, async () => {});
  }

  epoch(): Promise<number> {
    return this.#store.read(async (db) => (await db.get('numbers', 'epoch')) ?? 0);
  }

  /** The store stays open. */
  async close(): Promise<void> {}

  #commit(epoch: number, work: (write: IdbWrite) => Promise<void>): Promise<void> {
    return this.#store.commit(['records', 'numbers'], async (write) => {
      const numbers = write.objectStore('numbers');
      const reigning = (await numbers.get('epoch')) ?? 0;
      if (epoch < reigning) throw epochStale(epoch, reigning);
      if (epoch > reigning) await numbers.put(epoch, 'epoch');
      await work(write);
    });
  }
}

async function lastOf(write: IdbWrite, partition: string): Promise<number> {
  const cursor = await write.objectStore('records').openKeyCursor(rangeOf(partition), 'prev');
  return (cursor?.key[1] ?? -1) + 1;
}

/** Waits for no request: the transaction does, and fails if one fails. */
function add(
  write: IdbWrite,
  partition: string,
  from: number,
  records: readonly Uint8Array[],
): void {
  const store = write.objectStore('records');
  for (const [i, record] of records.entries()) {
    void store.add(record, [partition, from + i]).catch(() => {
      // The transaction tells.
    });
  }
}

/** Of its own length: structured cloning would store all of the buffer that a view looks into. */
function copy(records: readonly Uint8Array[]): Uint8Array[] {
  return records.map((record) => record.slice());
}

function rangeOf(partition: string, from = 0): IDBKeyRange {
  return IDBKeyRange.bound([partition, from], [partition, Infinity]);
}
