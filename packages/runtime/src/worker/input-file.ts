import { GridError } from '@manytabs/protocol';
import { BOUNDS } from '../shared/bounds.ts';
import type { Context } from './context.ts';

const PARTS: readonly string[] = ['path', 'bytes', 'version', 'contentType'];
const MISSING = 'file-missing';

/** The file of the grid that a task's input is, whole; what else the input says is `rest`. */
export interface InputFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly rest: Readonly<Record<string, unknown>>;
}

/** Inputs of `grid:PATTERN` look like this; so may others, of which no file is found. */
export function isFileInput(input: unknown): input is Record<string, unknown> & FileFacts {
  if (typeof input !== 'object' || input === null) return false;
  const { path, bytes, version, contentType } = input as Record<string, unknown>;
  const isNamed = typeof path === 'string' && typeof contentType === 'string';
  return isNamed && Number.isSafeInteger(bytes) && Number.isSafeInteger(version);
}

interface FileFacts {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Reads it for programs that wait for no promise; undefined where the input names no file after all.
 * @throws {GridError} `input-invalid` for a file that is too large to lie in a task's memory
 */
export async function readInputFile(
  input: Record<string, unknown> & FileFacts,
  files: Context['files'],
): Promise<InputFile | undefined> {
  const { path, bytes } = input;
  if (bytes > BOUNDS.INPUT_FILE_BYTES_MAX) throw tooLarge(path);
  try {
    const content = await files.read(path);
    const rest = Object.entries(input).filter(([name]) => !PARTS.includes(name));
    return { path, content, rest: Object.fromEntries(rest) };
  } catch (thrown) {
    if (thrown instanceof GridError && thrown.code === MISSING) return undefined;
    throw thrown;
  }
}

function tooLarge(path: string): GridError {
  const mebibytes = BOUNDS.INPUT_FILE_BYTES_MAX / 2 ** 20;
  const message = `${path} is over ${mebibytes} MiB, more than a program finds whole; split it, or read it in parts from JavaScript.`;
  return new GridError('input-invalid', message);
}
