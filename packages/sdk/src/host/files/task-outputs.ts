import {
  type FileOp,
  type FileStat,
  GridError,
  hex,
  type JobId,
  LIMITS,
  merkleRoot,
  type OutputFile,
  type ReferredFile,
} from '@manytabs/protocol';
import { shardIdOf } from '@manytabs/storage';
import { contentTypeOf } from '../../content-type.ts';
import { sha256 } from '../../identity/crypto.ts';
import { isReferred, shardsOf } from '../../output-files.ts';
import { digestOf } from '../../shard-digest.ts';

const REDUNDANCY = { durability: 'durable', replicas: LIMITS.SHARD_REPLICAS } as const;

type Ask = (op: FileOp) => Promise<unknown>;

export function outputFolder(jobId: JobId): string {
  return `/jobs/${jobId}/out`;
}

/** Gives what a task wrote its name, unless it has it already. @throws {GridError} as a put, `file-lost` */
export async function putOutput(ask: Ask, folder: string, output: OutputFile): Promise<void> {
  const path = `${folder}/${output.path}`;
  const ids = isReferred(output) ? output.ids : await idsOf(output.bytes);
  const root = merkleRoot(ids, sha256);
  if (await isThere(ask, path, root)) return;
  const upload = await begin(ask);
  if (isReferred(output)) await takeKnown(ask, upload, output);
  else await putPieces(ask, upload, output.bytes);
  const bytes = isReferred(output) ? output.size : output.bytes.length;
  await ask({ op: 'commit', upload, path, bytes, contentType: contentTypeOf(path), root });
}

/** A restart may come upon it again. */
async function isThere(ask: Ask, path: string, root: Uint8Array): Promise<boolean> {
  const stat = await ask({ op: 'stat', path }).catch(() => undefined);
  return (stat as FileStat | undefined)?.root === hex(root);
}

async function begin(ask: Ask): Promise<string> {
  return ((await ask({ op: 'begin', redundancy: REDUNDANCY })) as { upload: string }).upload;
}

/** Its shards came in with the votes. */
async function takeKnown(ask: Ask, upload: string, file: ReferredFile): Promise<void> {
  const pieces = shardsOf(file);
  for (let at = 0; at < pieces.length; at += LIMITS.FILE_WINDOW_MAX) {
    const part = pieces.slice(at, at + LIMITS.FILE_WINDOW_MAX);
    const shards = part.map(({ shard }) => shard);
    const sizes = part.map(({ bytes }) => bytes);
    const known = await ask({ op: 'known', upload, at, shards, sizes });
    if ((known as number[]).length === part.length) continue;
    throw new GridError('file-lost', 'A part of what the task wrote is gone.');
  }
}

async function putPieces(ask: Ask, upload: string, content: Uint8Array): Promise<void> {
  for (const [at, bytes] of [...pieces(content)].entries()) {
    await ask({ op: 'put-piece', upload, at, shard: await shardIdOf(bytes), bytes });
  }
}

async function idsOf(content: Uint8Array): Promise<Uint8Array> {
  const ids: number[] = [];
  for (const piece of pieces(content)) ids.push(...digestOf(await shardIdOf(piece)));
  return Uint8Array.from(ids);
}

function* pieces(content: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < content.length; at += LIMITS.SHARD_BYTES) {
    yield content.slice(at, at + LIMITS.SHARD_BYTES);
  }
}
