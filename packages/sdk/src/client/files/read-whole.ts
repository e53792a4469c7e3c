import { GridError, type ShardId, toGridError } from '@manytabs/protocol';
import { verifyShard } from '@manytabs/storage';
import type { Connection } from '../connection.ts';
import { askFiles } from './file-calls.ts';

const TRIES = 3;

/** A whole shard, which hashes to its id, whoever it came from. @throws {GridError} `file-lost`, `aborted` */
export async function readWhole(
  connection: Connection,
  shard: ShardId,
  size: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  for (let tries = 1; ; tries++) {
    const bytes = await askFiles<unknown>(
      connection,
      { op: 'read', shard, from: 0, to: size },
      signal,
    );
    try {
      if (!(bytes instanceof Uint8Array)) throw new GridError('shard-corrupt', 'It is no bytes.');
      await verifyShard(shard, bytes);
      return bytes;
    } catch (thrown) {
      if (toGridError(thrown, 'internal').code !== 'shard-corrupt' || tries >= TRIES) throw thrown;
    }
  }
}
