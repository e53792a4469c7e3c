import { archiveEntries } from '@manytabs/storage';
import { type ArchiveEntry, ArchiveWriter } from '@manytabs/storage/node';
import { VERSION } from '../version.ts';
import { type Place, withSource } from './place.ts';

/** What was written or restored. */
export interface Inventory {
  readonly bytes: number;
  readonly jobs: number;
  readonly records: number;
  readonly keys: number;
  readonly shards: number;
}

/**
 * Writes everything a grid keeps, as it is at one moment, into one file: it holds the owner's token. The grid may be up.
 * @throws {GridError} `file-missing`, `storage-full`, `storage-failed`, `storage-corrupt`, `database-unreachable`, `database-refused`
 */
export function backupGrid(place: Place, file: string): Promise<Inventory> {
  return withSource(place, async (source) => {
    const writer = await ArchiveWriter.open(file);
    const counts = { jobs: new Set<string>(), records: 0, keys: 0, shards: 0 };
    try {
      for await (const entry of archiveEntries(source, { version: VERSION, at: Date.now() })) {
        await writer.add(entry);
        count(entry, counts);
      }
      const { jobs, ...rest } = counts;
      return { bytes: await writer.finish(), jobs: jobs.size, ...rest };
    } catch (thrown) {
      await writer.abandon();
      throw thrown;
    }
  });
}

function count(
  entry: ArchiveEntry,
  counts: { jobs: Set<string>; records: number; keys: number; shards: number },
): void {
  if (entry.kind === 'shard') counts.shards += 1;
  if (entry.kind === 'key') counts.keys += 1;
  if (entry.kind !== 'records') return;
  counts.records += entry.records.length;
  const job = /^jobs\/([^/]+)\//.exec(entry.partition)?.[1];
  if (job) counts.jobs.add(job);
}
