import type { Entry } from '@manytabs/protocol';
import { ArchiveWriter } from '@manytabs/storage/node';
import { VERSION } from '../version.ts';
import { type Place, type Source, withSource } from './place.ts';

/** What was written or restored. */
export interface Inventory {
  readonly bytes: number;
  readonly jobs: number;
  readonly records: number;
  readonly keys: number;
  readonly shards: number;
}

const BATCH_BYTES = 1024 * 1024;
const KEYS_AT_ONCE = 1_000;

/**
 * Writes everything a grid keeps, as it is at one moment, into one file: it holds the owner's token. The grid may be up.
 * @throws {GridError} `file-missing`, `storage-full`, `storage-failed`, `storage-corrupt`, `database-unreachable`, `database-refused`
 */
export function backupGrid(place: Place, file: string): Promise<Inventory> {
  return withSource(place, async (source) => {
    const writer = await ArchiveWriter.open(file);
    try {
      const at = Date.now();
      await writer.add({ kind: 'grid', version: VERSION, at, token: source.token });
      const shards = await copyShards(source, writer);
      const { jobs, records } = await copyRecords(source, writer);
      const keys = await copyKeys(source, writer);
      const [epoch, clock] = [await source.journal.epoch(), await source.keyValue.clock()];
      await writer.add({ kind: 'reign', epoch, clock });
      return { bytes: await writer.finish(), jobs, records, keys, shards };
    } catch (thrown) {
      await writer.abandon();
      throw thrown;
    }
  });
}

/** One that rotted is left out: it counts as never stored. */
async function copyShards({ blobs }: Source, writer: ArchiveWriter): Promise<number> {
  let count = 0;
  for (const { shard } of await blobs.list()) {
    const bytes = await blobs.get(shard);
    if (!bytes) continue;
    await writer.add({ kind: 'shard', shard, bytes });
    count += 1;
  }
  return count;
}

async function copyRecords({ journal }: Source, writer: ArchiveWriter) {
  const jobs = new Set<string>();
  let count = 0;
  for (const partition of await journal.partitions('')) {
    const job = /^jobs\/([^/]+)\//.exec(partition)?.[1];
    if (job) jobs.add(job);
    for (let from = 0; ; ) {
      const records = [...(await journal.read(partition, from, BATCH_BYTES))];
      if (records.length === 0) break;
      await writer.add({ kind: 'records', partition, records });
      from += records.length;
      count += records.length;
    }
  }
  return { jobs: jobs.size, records: count };
}

async function copyKeys({ keyValue }: Source, writer: ArchiveWriter): Promise<number> {
  let count = 0;
  for (let after: string | undefined; ; ) {
    const page: readonly Entry[] = await keyValue.list('', { after, limit: KEYS_AT_ONCE });
    for (const { key, version, value } of page) {
      await writer.add({ kind: 'key', key, version, value });
    }
    count += page.length;
    after = page.at(-1)?.key;
    if (after === undefined) return count;
  }
}
