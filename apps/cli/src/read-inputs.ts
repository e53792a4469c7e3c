import { createReadStream, existsSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { checkPattern, GridError } from '@manytabs/protocol';
import { csvRows } from './csv.ts';
import { flatten, readLines } from './read-lines.ts';
import type { Terminal } from './terminal.ts';

export type InputSpec =
  | { readonly kind: 'range'; readonly from: number; readonly to: number }
  | { readonly kind: 'files'; readonly pattern: string }
  | { readonly kind: 'rows'; readonly rows: Iterable<unknown> | AsyncIterable<unknown> };

const FORMS = 'range:A..B, FILE.ndjson, FILE.csv, grid:/path/*, or - for NDJSON on stdin';

/**
 * What `--inputs` names. A file is read to its end before anything is submitted, so that a bad row refuses the whole job
 * instead of half of it; stdin is read as it comes. Without `--inputs` there is one task, with null.
 * @throws {GridError} `input-invalid`, `input-empty`, `file-missing`, `usage`, naming the place.
 */
export async function readInputs(
  inputs: string | undefined,
  terminal: Pick<Terminal, 'folder' | 'stdin'>,
): Promise<InputSpec> {
  if (inputs === undefined) return { kind: 'rows', rows: [null] };
  if (inputs.startsWith('range:')) return parseRange(inputs);
  if (inputs === '-') return { kind: 'rows', rows: await streamed(terminal.stdin) };
  if (inputs.startsWith('grid:')) {
    const pattern = inputs.slice('grid:'.length);
    checkPattern(pattern);
    return { kind: 'files', pattern };
  }
  return { kind: 'rows', rows: await fileRows(inputs, terminal.folder) };
}

function parseRange(text: string): InputSpec {
  const ends = text.slice('range:'.length).split('..');
  if (ends.length !== 2) throw new GridError('input-invalid', `${text}: write range:A..B.`);
  const [from, to] = ends.map((end) => wholeNumber(end, text)) as [number, number];
  if (from > to) {
    throw new GridError('input-invalid', `${text}: the range ends before it starts.`);
  }
  if (from === to) throw new GridError('input-empty', `${text}: the range has no number in it.`);
  return { kind: 'range', from, to };
}

function wholeNumber(end: string, range: string): number {
  const number = end.trim() === '' ? Number.NaN : Number(end);
  if (Number.isSafeInteger(number)) return number;
  throw new GridError('input-invalid', `${range}: ${end || 'nothing'} is no whole number.`);
}

async function fileRows(file: string, folder: string): Promise<AsyncIterable<unknown>> {
  const parse = { '.ndjson': ndjsonRows, '.jsonl': ndjsonRows, '.csv': csvRows }[extname(file)];
  if (!parse) throw new GridError('usage', `${file}: inputs are ${FORMS}.`);
  const path = resolve(folder, file);
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new GridError('file-missing', `There is no file ${file}.`);
  }
  const rows = () => flatten<unknown>(parse(readLines(createReadStream(path), file), file));
  let count = 0;
  for await (const _ of rows()) count += 1;
  if (count === 0) throw new GridError('input-empty', `${file} has no rows.`);
  return { [Symbol.asyncIterator]: rows };
}

/** Waits for the first row, so that an empty stdin is refused before anything is submitted. */
async function streamed(stdin: AsyncIterable<Uint8Array>): Promise<AsyncIterable<unknown>> {
  const rows = flatten(ndjsonRows(readLines(stdin, 'stdin'), 'stdin'));
  let first: Promise<IteratorResult<unknown, undefined>> | undefined = rows.next();
  if ((await first).done) throw new GridError('input-empty', 'stdin has no rows.');
  const next = () => {
    const row = first ?? rows.next();
    first = undefined;
    return row;
  };
  return { [Symbol.asyncIterator]: () => ({ ...rows, next }) };
}

/** One JSON value a line; blank lines count, and are skipped. */
export async function* ndjsonRows(
  batches: AsyncIterable<readonly string[]>,
  name: string,
): AsyncGenerator<readonly unknown[]> {
  let line = 0;
  for await (const lines of batches) {
    const first = line + 1;
    line += lines.length;
    yield lines.flatMap((text, at) => {
      return text.trim() === '' ? [] : [parseRow(text, `${name}:${first + at}`)];
    });
  }
}

function parseRow(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GridError('input-invalid', `${place}: ${why}.`, { cause });
  }
}
