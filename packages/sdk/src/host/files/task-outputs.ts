import {
  type Column,
  type JobId,
  LIMITS,
  mayHaveFiles,
  merkleRoot,
  unwrapOutput,
  type WrittenFile,
} from '@manytabs/protocol';
import { shardIdOf } from '@manytabs/storage';
import type { Grant } from '../../access/grant.ts';
import { sha256 } from '../../identity/crypto.ts';
import { digestOf } from './file-record.ts';
import type { FileService } from './file-service.ts';

const REDUNDANCY = { durability: 'durable', replicas: LIMITS.SHARD_REPLICAS } as const;

/** What the tasks of these results wrote, and volunteers agreed on. */
export function writtenIn(column: Column): WrittenFile[] {
  if (!mayHaveFiles(column.bytes)) return [];
  const files: WrittenFile[] = [];
  for (let index = column.from; index < column.to; index++) {
    files.push(...unwrapOutput(column.decode(index)).files);
  }
  return files;
}

export function outputFolder(jobId: JobId): string {
  return `/jobs/${jobId}/out`;
}

/** Puts one of them as a file of the job's owner. @throws {GridError} as a put */
export async function putOutput(
  service: FileService,
  path: string,
  bytes: Uint8Array,
  owner: string,
): Promise<void> {
  const grant: Grant = { scope: 'admin', owner };
  const begun = await service.answer({ op: 'begin', redundancy: REDUNDANCY }, grant);
  const { upload, shardBytes } = begun as { upload: string; shardBytes: number };
  const ids: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += shardBytes) {
    const piece = bytes.slice(at, at + shardBytes);
    const shard = await shardIdOf(piece);
    ids.push(digestOf(shard));
    await service.answer(
      { op: 'put-piece', upload, at: ids.length - 1, shard, bytes: piece },
      grant,
    );
  }
  const root = merkleRoot(new Uint8Array(ids.flatMap((id) => [...id])), sha256);
  const contentType = 'application/octet-stream';
  await service.answer(
    { op: 'commit', upload, path, bytes: bytes.length, contentType, root },
    grant,
  );
}
