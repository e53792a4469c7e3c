import { checkPath, type FileHealth } from '@manytabs/protocol';
import { layoutOf } from './file-record.ts';
import type { FileShards } from './file-shards.ts';
import type { NameTree } from './name-tree.ts';

/** Looked at for one answer; what is beyond is told by `stat`, one file at a time. */
const PIECES_MAX = 20_000;

/** How each file stands, in the order of the paths; null for what is no file, and for what would take too long. */
export async function healthOf(
  paths: readonly string[],
  tree: NameTree,
  shards: FileShards,
): Promise<(FileHealth | null)[]> {
  let pieces = 0;
  const health: (FileHealth | null)[] = [];
  for (const path of paths) {
    const record = (await tree.find(checkPath(path)).catch(() => undefined))?.record;
    if (record?.kind === 'file') pieces += layoutOf(record).pieces;
    const isKnown = record?.kind === 'file' && pieces <= PIECES_MAX;
    health.push(isKnown ? (await shards.standing(record)).health : null);
  }
  return health;
}
