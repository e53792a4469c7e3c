import { toJsonLine } from './json-value.ts';
import type { Row } from './row-sink.ts';

const HEADER_ROWS = 1_000;
const COLUMNS_MAX = 200;
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Rows as CSV (RFC 4180). The first 1,000 decide the columns: values that are objects are spread by their keys, and keys
 * that turn up later go, as JSON, into a last column `other`. No cell is one that a spreadsheet takes for a formula.
 */
export class CsvLines {
  #waiting: Row[] = [];
  #columns: readonly string[] | undefined;

  take(row: Row): string[] {
    if (this.#columns) return [lineOf(row, this.#columns)];
    this.#waiting.push(row);
    return this.#waiting.length < HEADER_ROWS ? [] : this.#begin();
  }

  end(): string[] {
    return this.#columns ? [] : this.#begin();
  }

  #begin(): string[] {
    const columns = columnsOf(this.#waiting);
    this.#columns = columns;
    const names = columns.length === 0 ? ['value'] : [...columns, 'other'];
    const head = csvLine(['index', 'status', 'votes', 'confidence', ...names, 'error']);
    return [head, ...this.#waiting.splice(0).map((row) => lineOf(row, columns))];
  }
}

function lineOf(row: Row, columns: readonly string[]): string {
  if (row.status === 'rejected') {
    const empty = Array<string>(columns.length === 0 ? 1 : columns.length + 1).fill('');
    const error = `${row.error.code}: ${row.error.message}`;
    return csvLine([String(row.index), row.status, '', '', ...empty, error]);
  }
  const trust = [String(row.trust.votes), String(row.confidence)];
  return csvLine([String(row.index), row.status, ...trust, ...cellsOf(row.value, columns), '']);
}

function columnsOf(rows: readonly Row[]): readonly string[] {
  const names = new Set<string>();
  for (const row of rows) {
    if (row.status !== 'fulfilled' || !isPlain(row.value)) continue;
    for (const name of Object.keys(row.value)) if (names.size < COLUMNS_MAX) names.add(name);
  }
  return [...names];
}

function cellsOf(value: unknown, columns: readonly string[]): string[] {
  if (columns.length === 0) return [cellText(value)];
  if (!isPlain(value)) return [...columns.map(() => ''), cellText(value)];
  const rest = Object.entries(value).filter(([name]) => !columns.includes(name));
  const other = rest.length === 0 ? '' : toJsonLine(Object.fromEntries(rest));
  return [...columns.map((name) => cellText(value[name])), other];
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? toJsonLine(value) : String(value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Text that could start a formula gets an apostrophe in front. */
function csvLine(cells: readonly string[]): string {
  return cells
    .map((text) => (FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text))
    .map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
    .join(',');
}
