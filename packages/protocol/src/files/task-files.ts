import { GridError } from '../errors.ts';
import { LIMITS } from '../limits.ts';
import { joinPath, namesOf } from './grid-path.ts';

// What a task wrote is voted on with its value. What is small travels with it; of a large file only the ids of its shards
// do, and its bytes once, whoever says the same.

const MARK = '\u0001files';
/** Of a row of inputs: the file of the grid that it names, for whoever reads it for the task. */
export const FILE_MARK = '\u0001file';
const OUT = '/job/out';

export interface WrittenFile {
  /** Below the job's folder of outputs. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** One whose bytes are elsewhere: the ids of its shards of SHARD_BYTES, 32 bytes each. */
export interface ReferredFile {
  readonly path: string;
  readonly size: number;
  readonly ids: Uint8Array;
}

export type OutputFile = WrittenFile | ReferredFile;

export interface TaskOutput {
  readonly value: unknown;
  readonly files: readonly OutputFile[];
}

/** The value as it is sent: as it is, unless files go with it or it looks as if they did. */
export function wrapOutput(value: unknown, files: readonly OutputFile[]): unknown {
  if (files.length === 0 && !isMarked(value)) return value;
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { [MARK]: sorted.map(entryOf), value };
}

function entryOf(file: OutputFile): unknown[] {
  return 'bytes' in file ? [file.path, file.bytes] : [file.path, file.size, file.ids];
}

/** Whatever volunteers agreed on: what is not in shape counts as a value. */
export function unwrapOutput(output: unknown): TaskOutput {
  if (!isMarked(output)) return { value: output, files: [] };
  const list = output[MARK];
  if (!Array.isArray(list) || !('value' in output)) return { value: output, files: [] };
  return { value: output.value, files: list.flatMap(fileOf) };
}

function fileOf(entry: unknown): OutputFile[] {
  const [path, content, ids] = Array.isArray(entry) ? entry : [];
  if (typeof path !== 'string' || !isOutputPath(path)) return [];
  if (content instanceof Uint8Array) return [{ path, bytes: content }];
  const isSize = Number.isSafeInteger(content) && content > 0;
  if (!isSize || !(ids instanceof Uint8Array)) return [];
  return ids.length === 32 * Math.ceil(content / LIMITS.SHARD_BYTES)
    ? [{ path, size: content, ids }]
    : [];
}

/** Whether some of the encoded values may carry files: a look at the bytes, which is cheaper than decoding. */
export function mayHaveFiles(values: Uint8Array): boolean {
  for (let at = values.indexOf(1); at >= 0; at = values.indexOf(1, at + 1)) {
    if (MARK_BYTES.every((byte, i) => values[at + i] === byte)) return true;
  }
  return false;
}

const MARK_BYTES = new TextEncoder().encode(MARK);

/** `a.png`, `/job/out/a.png` and `/a.png` are one place. @throws {GridError} `path-invalid` */
export function outputPath(path: string): string {
  const below = path.startsWith(`${OUT}/`) ? path.slice(OUT.length) : path;
  const names = namesOf(below.startsWith('/') ? below : `/${below}`);
  if (names.length === 0) throw new GridError('path-invalid', 'A file has a name.');
  return joinPath(names).slice(1);
}

function isOutputPath(path: string): boolean {
  try {
    return outputPath(path) === path;
  } catch {
    return false;
  }
}

function isMarked(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, MARK);
}
