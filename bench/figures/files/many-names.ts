import type { SqliteKeyValue } from '@manytabs/storage/node';
import { encodeRecord, type FileRecord } from '../../../packages/sdk/src/host/files/file-record.ts';
import { NameTree } from '../../../packages/sdk/src/host/files/name-tree.ts';

const BATCH = 1_000;

interface Names {
  readonly folder: string;
  readonly files: number;
  recordOf(n: number): FileRecord;
}

/** Names of files straight into a store, as puts would leave them. */
export async function writeNames(
  keyValue: SqliteKeyValue,
  { folder, files, recordOf }: Names,
): Promise<void> {
  const { record } = await new NameTree(keyValue).makeFolder(folder, 'bench', Date.now());
  for (let from = 0; from < files; from += BATCH) {
    const first = await keyValue.clock();
    const count = Math.min(BATCH, files - from);
    const entries = Array.from({ length: count }, (_, i) => ({
      key: `files/d/${record.id}/sample-${String(from + i).padStart(6, '0')}.bin`,
      value: encodeRecord(recordOf(from + i)),
      version: first + 1 + i,
    }));
    await keyValue.adopt(entries, first + count);
  }
}
