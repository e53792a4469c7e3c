import { GridError } from '../errors.ts';
import { joinPath, namesOf } from './grid-path.ts';

// What a task wrote travels with its value and is voted on with it.

const MARK = '\u0001files';
/** Of a row of inputs: the file of the grid that it names, for whoever reads it for the task. */
export const FILE_MARK = '\u0001file';
const OUT = '/job/out';

export interface WrittenFile {
  /** Below the job's folder of outputs. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface TaskOutput {
  readonly value: unknown;
  readonly files: readonly WrittenFile[];
}

/** The value as it is sent: as it is, unless files go with it or it looks as if they did. */
export function wrapOutput(value: unknown, files: readonly WrittenFile[]): unknown {
  if (files.length === 0 && !isMarked(value)) return value;
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { [MARK]: sorted.map(({ path, bytes }) => [path, bytes]), value };
}

/** Whatever volunteers agreed on: what is not in shape counts as a value. */
export function unwrapOutput(output: unknown): TaskOutput {
  if (!isMarked(output)) return { value: output, files: [] };
  const list = output[MARK];
  if (!Array.isArray(list) || !('value' in output)) return { value: output, files: [] };
  const files = list.flatMap((entry: unknown) => {
    const [path, bytes] = Array.isArray(entry) ? entry : [];
    if (typeof path !== 'string' || !(bytes instanceof Uint8Array)) return [];
    return isOutputPath(path) ? [{ path, bytes }] : [];
  });
  return { value: output.value, files };
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
