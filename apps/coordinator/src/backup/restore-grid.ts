import { stat } from 'node:fs/promises';
import type { Entry } from '@manytabs/protocol';
import { type ArchiveEntry, readArchive, verifyArchive } from '@manytabs/storage/node';
import { BLOBS_KEY } from '../shared-blobs.ts';
import type { Inventory } from './backup-grid.ts';
import { openDatabaseTarget } from './database-target.ts';
import { openFolderTarget } from './folder-target.ts';
import type { Place } from './place.ts';
import type { Target } from './target.ts';

/**
 * Makes a grid of a backup, in an empty folder or an empty database, whichever it was made from.
 * @throws {GridError} `file-missing`, `backup-damaged`, `storage-newer`, `data-exists`, `data-in-use`, `storage-full`,
 * `storage-failed`, `database-unreachable`, `database-refused`
 */
export async function restoreGrid(place: Place, file: string): Promise<Inventory> {
  await verifyArchive(file);
  const { dataDir, database } = place;
  const target =
    database === undefined ? openFolderTarget(dataDir) : await openDatabaseTarget(database);
  try {
    const counts = await new Restoration(target).run(readArchive(file));
    await target.finish();
    return { bytes: (await stat(file)).size, ...counts };
  } finally {
    await target.close();
  }
}

/** Records are written under the first epoch there is; the backup's own is claimed at the end. */
const EPOCH = 1;

class Restoration {
  readonly #target: Target;
  readonly #jobs = new Set<string>();
  #token = '';
  #records = 0;
  #keys = 0;
  #shards = 0;

  constructor(target: Target) {
    this.#target = target;
  }

  async run(entries: AsyncIterable<ArchiveEntry>): Promise<Omit<Inventory, 'bytes'>> {
    for await (const entry of entries) await this.#take(entry);
    await this.#target.setToken(this.#token);
    return {
      jobs: this.#jobs.size,
      records: this.#records,
      keys: this.#keys,
      shards: this.#shards,
    };
  }

  async #take(entry: ArchiveEntry): Promise<void> {
    switch (entry.kind) {
      case 'grid':
        this.#token = entry.token;
        return;
      case 'shard':
        this.#shards += 1;
        return this.#target.blobs.put(entry.shard, entry.bytes);
      case 'records':
        return this.#takeRecords(entry.partition, entry.records);
      case 'key':
        // What was in a bucket comes with the backup.
        if (entry.key === BLOBS_KEY) return;
        return this.#takeKey(entry);
      case 'reign':
        await this.#target.keyValue.adopt([], entry.clock);
        return this.#target.journal.claim(Math.max(EPOCH, entry.epoch));
      case 'end':
        return;
    }
  }

  async #takeRecords(partition: string, records: readonly Uint8Array[]): Promise<void> {
    const job = /^jobs\/([^/]+)\//.exec(partition)?.[1];
    if (job) this.#jobs.add(job);
    this.#records += records.length;
    await this.#target.journal.append(EPOCH, [{ partition, records }]);
  }

  async #takeKey({ key, version, value }: Entry): Promise<void> {
    this.#keys += 1;
    await this.#target.keyValue.adopt([{ key, version, value }], version);
  }
}
