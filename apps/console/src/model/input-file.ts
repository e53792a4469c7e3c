import { GridError } from '@manytabs/protocol';
import { parseCsv } from './csv.ts';
import { bytesText } from './duration.ts';
import { parseNdjson } from './ndjson.ts';

/** Larger files are read by the command line, which streams. */
export const INPUT_FILE_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The rows of a CSV or NDJSON file, told apart by its name.
 * @throws {GridError} `input-invalid`, naming the line; `input-empty`.
 */
export async function readInputFile(file: File): Promise<readonly unknown[]> {
  if (file.size > INPUT_FILE_BYTES_MAX) {
    const max = bytesText(INPUT_FILE_BYTES_MAX);
    throw new GridError('input-invalid', `${file.name} is over ${max}: use manytabs run --inputs.`);
  }
  const rows = parseRows(file.name, await file.text());
  if (rows.length === 0) throw new GridError('input-empty', `${file.name} holds no row.`);
  return rows;
}

/** @throws {GridError} `input-invalid`, naming the line. */
export function parseRows(fileName: string, text: string): readonly unknown[] {
  return /\.csv$/i.test(fileName) ? parseCsv(text) : parseNdjson(text);
}
