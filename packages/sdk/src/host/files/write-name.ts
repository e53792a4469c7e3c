import { type ErrorCode, toGridError } from '@manytabs/protocol';
import { encodeRecord, type FileRecord } from './file-record.ts';
import { fileOf, type Named, type NameTree } from './name-tree.ts';
import { sameBytes } from './staging.ts';

/** Refusals after which nothing was written. */
const SURE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['version-conflict', 'storage-full', 'path-taken', 'path-invalid'] as const),
  ...(['not-a-folder', 'not-a-file'] as const),
]);

interface Write {
  readonly path: string;
  readonly record: FileRecord;
  readonly replaced: number;
}

/**
 * Gives a file its name. A store that fails may have written all the same, so the name is looked at again; where even
 * that fails, `onDoubt` is told: what the name would need must stay, as the next start may find it.
 * @throws {GridError} as `NameTree.write`
 */
export async function writeName(
  tree: NameTree,
  { path, record, replaced }: Write,
  onDoubt: () => void,
): Promise<Named<FileRecord>> {
  try {
    return await tree.write(path, record, replaced);
  } catch (thrown) {
    if (SURE.has(toGridError(thrown, 'internal').code)) throw thrown;
    const there = await tree.find(path).catch(() => {
      onDoubt();
      throw thrown;
    });
    if (there?.record.kind === 'file' && isSame(there.record, record)) return fileOf(there);
    throw thrown;
  }
}

function isSame(a: FileRecord, b: FileRecord): boolean {
  return sameBytes(encodeRecord(a), encodeRecord(b));
}
