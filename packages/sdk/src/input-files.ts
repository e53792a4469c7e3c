import {
  type CodeScheme,
  decodeValue,
  encodeValue,
  FILE_MARK,
  FileLayout,
  type ShardId,
  shardId,
} from '@manytabs/protocol';
import { PART_BYTES_MAX } from './shard-tree.ts';

// A row of inputs that names a file of the grid carries, out of the task's sight, what it takes to read that version.

/** A version of a file as whoever reads it for a task needs it. */
export interface InputFile {
  readonly bytes: number;
  readonly shardBytes: number;
  readonly code: CodeScheme | null;
  /** Of all pieces, 32 bytes each. */
  readonly ids: Uint8Array;
  readonly inline?: Uint8Array | undefined;
  /** Of all data shards, the roots over their leaves. */
  readonly trees?: Uint8Array | undefined;
}

/** Where a task's file comes from. */
export interface ShardReader {
  shard(shard: ShardId): Promise<Uint8Array>;
  /** The bytes `[from, to)` of a shard with this root over its leaves; undefined where the whole is to be asked for. */
  part(
    shard: ShardId,
    range: { readonly from: number; readonly to: number },
    tree: Uint8Array,
  ): Promise<Uint8Array | undefined>;
}

const READS_AT_ONCE = 4;

/** What the task sees of it. */
export interface FileInput {
  readonly path: string;
  readonly bytes: number;
  readonly version: number;
  readonly contentType: string;
}

export function rowOfFile(input: FileInput, file: InputFile): Record<string, unknown> {
  const { bytes: _, inline, trees, ...rest } = file;
  const mark = { ...rest, ...(inline ? { inline } : {}), ...(trees ? { trees } : {}) };
  return { ...input, [FILE_MARK]: mark };
}

const MARK_BYTES = new TextEncoder().encode(FILE_MARK);

/** A chunk of inputs as the task may see it, and the files that its rows name. */
export function splitInputs(chunk: Uint8Array): {
  chunk: Uint8Array;
  files: ReadonlyMap<string, InputFile>;
} {
  const files = new Map<string, InputFile>();
  const rows = includes(chunk, MARK_BYTES) ? decodeValue(chunk) : undefined;
  if (!Array.isArray(rows)) return { chunk, files };
  const shown = rows.map((row: unknown) => {
    if (!isRow(row)) return row;
    const { [FILE_MARK]: mark, ...input } = row;
    const file = fileOf(input, mark);
    if (file) files.set(String(input.path), file);
    return input;
  });
  return { chunk: encodeValue(shown), files };
}

/** The file under the path that its row gives it, or in `/job/in` under its last name. */
export function findInput(
  files: ReadonlyMap<string, InputFile>,
  path: string,
): InputFile | undefined {
  const known = files.get(path);
  if (known || !path.startsWith('/job/in/')) return known;
  const below = path.slice('/job/in'.length);
  for (const [name, file] of files) if (name.endsWith(below)) return file;
  return undefined;
}

/** The bytes `[offset, offset + length)`, fewer at the end; only the shards they lie in are asked for. */
export async function readInput(
  file: InputFile,
  offset: number,
  length: number,
  reader: ShardReader,
): Promise<Uint8Array> {
  const to = Math.min(file.bytes, offset + length);
  if (offset >= to) return new Uint8Array(0);
  if (file.inline) return file.inline.slice(offset, to);
  const bytes = new Uint8Array(to - offset);
  const last = Math.floor((to - 1) / file.shardBytes);
  let next = Math.floor(offset / file.shardBytes);
  const readOn = async () => {
    while (next <= last) {
      const number = next++;
      const start = number * file.shardBytes;
      const range = {
        from: Math.max(0, offset - start),
        to: Math.min(file.shardBytes, to - start),
      };
      bytes.set(await readOf(file, number, range, reader), Math.max(0, start - offset));
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, readOn));
  return bytes;
}

async function readOf(
  file: InputFile,
  number: number,
  range: { readonly from: number; readonly to: number },
  reader: ShardReader,
): Promise<Uint8Array> {
  const layout = new FileLayout(file.bytes, file.shardBytes, file.code);
  const at = 32 * layout.pieceOf(number);
  const shard = shardId(file.ids.subarray(at, at + 32));
  const tree = file.trees?.subarray(32 * number, 32 * number + 32);
  const isWorthIt = range.to - range.from <= PART_BYTES_MAX;
  const part = tree && isWorthIt ? await reader.part(shard, range, tree) : undefined;
  return part ?? (await reader.shard(shard)).subarray(range.from, range.to);
}

function fileOf(input: Record<string, unknown>, mark: unknown): InputFile | undefined {
  if (!isRow(mark)) return undefined;
  const { shardBytes, ids, inline, code, trees } = mark;
  const { bytes, path } = input;
  const isWhole = Number.isSafeInteger(bytes) && Number.isSafeInteger(shardBytes);
  if (!isWhole || !(ids instanceof Uint8Array) || typeof path !== 'string') return undefined;
  return {
    bytes: bytes as number,
    shardBytes: shardBytes as number,
    code: (code ?? null) as CodeScheme | null,
    ids,
    ...(inline instanceof Uint8Array ? { inline } : {}),
    ...(trees instanceof Uint8Array ? { trees } : {}),
  };
}

function isRow(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}

function includes(bytes: Uint8Array, wanted: Uint8Array): boolean {
  const first = wanted[0] ?? 0;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return true;
  }
  return false;
}
