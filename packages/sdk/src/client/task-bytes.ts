import { GridError, joinBytes, type ShardId, shardId, type TaskSource } from '@manytabs/protocol';
import { sha256 } from '../identity/crypto.ts';

/** A task with all that it needs. */
export interface TaskBytes {
  readonly source: TaskSource;
  readonly module: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The encoded list that its input is in. */
  readonly chunk: Uint8Array | undefined;
}

/** Files that are fetched to run one task of a job. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Fetches what a task needs, each piece held against its id.
 * @throws {GridError} `shard-missing` where the grid has let a piece go, `shard-corrupt`, `infeasible` for large files
 */
export async function fetchTask(
  source: TaskSource,
  fetchShard: (shard: ShardId) => Promise<Uint8Array>,
): Promise<TaskBytes> {
  const fetched = async (shard: ShardId) => {
    const bytes = await fetchShard(shard);
    if (shardId(sha256(bytes)) === shard) return bytes;
    throw new GridError('shard-corrupt', 'The grid gave other bytes than the job is made of.');
  };
  const { module, files } = source.program;
  const size = files.reduce((sum, file) => sum + file.bytes, 0);
  if (size > FILE_BYTES_MAX)
    throw new GridError('infeasible', 'The files of the job are too large to be fetched here.');
  const read = new Map<string, Uint8Array>();
  for (const { path, shards } of files) {
    const pieces: Uint8Array[] = [];
    for (const { shard } of shards) pieces.push(await fetched(shard));
    read.set(path, joinBytes(pieces));
  }
  const chunk = source.chunk && (await fetched(source.chunk.shard));
  return { source, module: await fetched(module.code.shard), files: read, chunk };
}
