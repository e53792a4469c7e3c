import { GridError, LIMITS } from '@manytabs/protocol';

/**
 * Rows of comma-separated values (RFC 4180) as objects by the names of the header, as many at a time as there are lines.
 * Values stay text, as they stand.
 * @throws {GridError} `input-invalid` at the line named: an open quote, text beside quotes, too many or too few fields,
 * a header with an empty, a repeated or a forbidden name.
 */
export async function* csvRows(
  batches: AsyncIterable<readonly string[]>,
  name: string,
): AsyncGenerator<readonly Record<string, string>[]> {
  const reader = new RecordReader(name);
  let header: readonly string[] | undefined;
  for await (const lines of batches) {
    const rows: Record<string, string>[] = [];
    for (const text of lines) {
      const record = reader.take(text);
      if (!record) continue;
      if (header) rows.push(rowOf(header, record.fields, record.place));
      else header = checkedHeader(record.fields, record.place);
    }
    yield rows;
  }
  reader.end();
}

/** Quoted fields may hold line breaks, so a record may take several lines; it is named by its first. */
class RecordReader {
  readonly #name: string;
  #parts: string[] = [];
  #chars = 0;
  #isOpen = false;
  #line = 0;
  #first = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** The record that ends with this line, if one does. */
  take(text: string): { place: string; fields: readonly string[] } | undefined {
    this.#line += 1;
    if (!this.#isOpen) this.#first = this.#line;
    this.#parts.push(text);
    this.#chars += text.length;
    if (quotes(text) % 2 === 1) this.#isOpen = !this.#isOpen;
    if (this.#isOpen && this.#chars > LIMITS.SHARD_BYTES_MAX) this.end();
    if (this.#isOpen) return undefined;
    const record = this.#parts.join('\n');
    this.#parts = [];
    this.#chars = 0;
    return record === '' ? undefined : { place: this.#place, fields: split(record, this.#place) };
  }

  end(): void {
    if (this.#isOpen) throw invalid(this.#place, 'a quote opens here and does not close');
  }

  get #place(): string {
    return `${this.#name}:${this.#first}`;
  }
}

function quotes(text: string): number {
  return text.split('"').length - 1;
}

const FIELD = /(?:"((?:[^"]+|"")*)"|([^",]*))(,|$)/y;

function split(record: string, place: string): string[] {
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

function rowOf(header: readonly string[], fields: readonly string[], place: string) {
  if (fields.length !== header.length) {
    throw invalid(place, `the row has ${fields.length} fields, the header ${header.length}`);
  }
  return Object.fromEntries(header.map((name, column) => [name, fields[column] ?? '']));
}

function invalid(place: string, what: string): GridError {
  return new GridError('input-invalid', `${place}: ${what}.`);
}
