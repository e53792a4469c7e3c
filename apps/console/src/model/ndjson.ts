import { lineError } from './rows-error.ts';

/**
 * One JSON value a line; empty lines are skipped.
 * @throws {GridError} `input-invalid`, naming the line.
 */
export function parseNdjson(text: string): unknown[] {
  const rows: unknown[] = [];
  let line = 0;
  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    line++;
    const trimmed = raw.trim();
    if (trimmed !== '') rows.push(parseLine(trimmed, line));
  }
  return rows;
}

function parseLine(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw lineError(line, `this is no JSON value (${why}).`);
  }
}
