import { type FileManifest, GridError, LIMITS, type ShardId, shardId } from '@manytabs/protocol';
import { type FileInput, rowOfFile } from '../../input-files.ts';
import { PlacedInput } from '../../placed-input.ts';
import type { Connection } from '../connection.ts';
import type { GridFiles } from './api.ts';
import { askFiles } from './file-calls.ts';

const OPENED_AHEAD = 16;

/** A row for each file that the pattern matches, as it is now. @throws {GridError} `input-empty`, `path-missing` */
export async function* fileInputs(
  connection: Connection,
  files: GridFiles,
  pattern: string,
): AsyncGenerator<FileInput> {
  const opening: Promise<PlacedInput>[] = [];
  let count = 0;
  for await (const { path, kind } of files.list(pattern)) {
    if (kind === 'folder') continue;
    count++;
    const row = openRow(connection, path);
    row.catch(() => {});
    opening.push(row);
    if (opening.length >= OPENED_AHEAD) yield (await opening.shift()) as unknown as FileInput;
  }
  for (const row of opening) yield (await row) as unknown as FileInput;
  if (count === 0) throw new GridError('input-empty', `${pattern} has no files.`);
}

async function openRow(connection: Connection, path: string): Promise<PlacedInput> {
  const manifest = await askFiles<FileManifest>(connection, { op: 'open', path });
  const ids = await allIds(connection, manifest);
  const trees = await allTrees(connection, manifest);
  const { bytes, version, contentType, shardBytes, code, inline } = manifest;
  const row = rowOfFile(
    { path, bytes, version, contentType },
    { bytes, shardBytes, code, ids, inline, trees },
  );
  const isKept = bytes > LIMITS.INLINE_SHARD_BYTES && inline === undefined;
  return new PlacedInput(row, isKept ? firstIds(ids) : []);
}

function allIds(connection: Connection, manifest: FileManifest): Promise<Uint8Array> {
  const { ids, pieces, inline } = manifest;
  return allOf(connection, manifest, ids, { count: inline ? 0 : pieces, trees: false });
}

async function allTrees(
  connection: Connection,
  manifest: FileManifest,
): Promise<Uint8Array | undefined> {
  const { trees: first, bytes, shardBytes } = manifest;
  const count = Math.ceil(bytes / shardBytes);
  return first && allOf(connection, manifest, first, { count, trees: true });
}

async function allOf(
  connection: Connection,
  { root }: FileManifest,
  first: Uint8Array,
  { count, trees }: { readonly count: number; readonly trees: boolean },
): Promise<Uint8Array> {
  if (first.length >= 32 * count) return first;
  const all = new Uint8Array(32 * count);
  all.set(first);
  for (let at = first.length; at < all.length; ) {
    const op = { op: 'pieces' as const, root, from: at / 32, trees };
    const page = await askFiles<Uint8Array>(connection, op);
    if (page.length === 0)
      throw new GridError('file-changed', 'The list of its shards ends early.');
    all.set(page, at);
    at += page.length;
  }
  return all;
}

function firstIds(ids: Uint8Array): ShardId[] {
  const count = Math.min(LIMITS.NEAR_SHARDS_MAX, ids.length / 32);
  const near = Array.from({ length: count }, (_, i) => shardId(ids.subarray(32 * i, 32 * i + 32)));
  return [...new Set(near)];
}
