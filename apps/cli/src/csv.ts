import { GridError, LIMITS } from '@manytabs/protocol';

/**
 * Rows of comma-separated values (RFC 4180) as objects by the names of the header. Values stay text, as they stand.
 * @throws {GridError} `input-invalid` at the line named: an open quote, text beside quotes, too many or too few fields,
 * a header with an empty, a repeated or a forbidden name.
 */
export async function* csvRows(
  lines: AsyncIterable<string>,
  name: string,
): AsyncGenerator<Record<string, string>> {
  let header: readonly string[] | undefined;
  for await (const { line, fields } of records(lines, name)) {
    if (!header) header = checkedHeader(fields, `${name}:${line}`);
    else yield row(header, fields, `${name}:${line}`);
  }
}

interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Quoted fields may hold line breaks, so a record may take several lines; it is named by its first. */
async function* records(lines: AsyncIterable<string>, name: string): AsyncGenerator<CsvRecord> {
  let parts: string[] = [];
  let chars = 0;
  let isOpen = false;
  let first = 1;
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (!isOpen) first = line;
    parts.push(text);
    chars += text.length;
    if (quotes(text) % 2 === 1) isOpen = !isOpen;
    if (isOpen && chars > LIMITS.SHARD_BYTES_MAX) break;
    if (isOpen) continue;
    const record = parts.join('\n');
    if (record !== '') yield { line: first, fields: splitRecord(record, `${name}:${first}`) };
    parts = [];
    chars = 0;
  }
  if (isOpen) throw invalid(`${name}:${first}`, 'a quote opens here and does not close');
}

function quotes(text: string): number {
  return text.split('"').length - 1;
}

const FIELD = /(?:"((?:[^"]+|"")*)"|([^",]*))(,|$)/y;

function splitRecord(record: string, place: string): string[] {
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  for (;;) {
    const match = FIELD.exec(record);
    if (!match) throw invalid(place, `field ${fields.length + 1} has text beside its quotes`);
    const [, quoted, plain = '', end] = match;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '') return fields;
  }
}

function checkedHeader(names: readonly string[], place: string): readonly string[] {
  const seen = new Set<string>();
  for (const name of names) {
    if (name === '') throw invalid(place, 'a column has no name');
    if (name === '__proto__') throw invalid(place, 'no column may be called __proto__');
    if (seen.has(name)) throw invalid(place, `two columns are called ${name}`);
    seen.add(name);
  }
  return names;
}

function row(header: readonly string[], fields: readonly string[], place: string) {
  if (fields.length !== header.length) {
    throw invalid(place, `the row has ${fields.length} fields, the header ${header.length}`);
  }
  return Object.fromEntries(header.map((name, column) => [name, fields[column] ?? '']));
}

function invalid(place: string, what: string): GridError {
  return new GridError('input-invalid', `${place}: ${what}.`);
}
