import {
  Column,
  encodeValue,
  joinBytes,
  LIMITS,
  mayHaveFiles,
  type OutputFile,
  type ReferredFile,
  type ShardId,
  shardId,
  unwrapOutput,
  wrapOutput,
} from '@manytabs/protocol';
import { shardIdOf } from '@manytabs/storage';
import { digestOf } from './shard-digest.ts';

/** Takes the bytes of a shard; false where it has no room for them. */
export type KeepShard = (shard: ShardId, bytes: Uint8Array) => Promise<boolean> | boolean;

/** The same values with large files by reference, their bytes in the hands of `keep`, as far as it takes them. */
export async function referOutputs(values: Uint8Array, keep: KeepShard): Promise<Uint8Array> {
  if (!mayHaveFiles(values)) return values;
  const column = Column.parse(0, values);
  const parts: Uint8Array[] = [];
  let isChanged = false;
  for (let index = column.from; index < column.to; index++) {
    const { value, files } = unwrapOutput(column.decode(index));
    const referred = await Promise.all(files.map((file) => referFile(file, keep)));
    const isSame = referred.every((file, i) => file === files[i]);
    isChanged ||= !isSame;
    parts.push(isSame ? column.value(index) : encodeValue(wrapOutput(value, referred)));
  }
  return isChanged ? joinBytes(parts) : values;
}

/** What the values refer to, with how large each shard is, task by task. */
export function referredIn(values: Uint8Array): ReferredFile[][] {
  if (!mayHaveFiles(values)) return [];
  const column = Column.parse(0, values);
  return Array.from({ length: column.count }, (_, index) =>
    unwrapOutput(column.decode(index)).files.filter(isReferred),
  );
}

export function shardsOf({ size, ids }: ReferredFile): { shard: ShardId; bytes: number }[] {
  return Array.from({ length: ids.length / 32 }, (_, i) => ({
    shard: shardId(ids.subarray(32 * i, 32 * i + 32)),
    bytes: Math.min(LIMITS.SHARD_BYTES, size - i * LIMITS.SHARD_BYTES),
  }));
}

export function isReferred(file: OutputFile): file is ReferredFile {
  return 'ids' in file;
}

async function referFile(file: OutputFile, keep: KeepShard): Promise<OutputFile> {
  if (isReferred(file) || file.bytes.length <= LIMITS.INLINE_SHARD_BYTES) return file;
  const ids: Uint8Array[] = [];
  for (let at = 0; at < file.bytes.length; at += LIMITS.SHARD_BYTES) {
    const bytes = file.bytes.slice(at, at + LIMITS.SHARD_BYTES);
    const shard = await shardIdOf(bytes);
    if (!(await keep(shard, bytes))) return file;
    ids.push(digestOf(shard));
  }
  return { path: file.path, size: file.bytes.length, ids: joinBytes(ids) };
}
