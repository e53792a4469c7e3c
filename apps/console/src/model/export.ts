import type { TaskResult } from 'manytabs';
import { csvLine } from './csv.ts';
import { valueJson } from './value-text.ts';

export type ExportFormat = 'ndjson' | 'csv';

/** A row of a download, ready to be written. */
export function ndjsonLine(result: TaskResult<unknown>): string {
  const head = `{"index":${result.index},"status":"${result.status}"`;
  if (result.status === 'rejected') {
    const { code, message } = result.error;
    return `${head},"error":${JSON.stringify({ code, message, attempts: result.attempts })}}\n`;
  }
  const trust = JSON.stringify({ votes: result.trust.votes, confidence: result.confidence });
  return `${head},"value":${valueJson(result.value)},"trust":${trust}}\n`;
}

const HEADER_ROWS = 1_000;

/**
 * Writes rows as CSV. The first 1,000 decide the columns: objects are spread by their keys, and keys that turn up later
 * go, as JSON, into a last column `other`.
 */
export class CsvWriter {
  #waiting: TaskResult<unknown>[] = [];
  #columns: readonly string[] | undefined;

  write(result: TaskResult<unknown>): string {
    if (this.#columns) return this.#line(result, this.#columns);
    this.#waiting.push(result);
    return this.#waiting.length < HEADER_ROWS ? '' : this.#begin();
  }

  end(): string {
    return this.#columns ? '' : this.#begin();
  }

  #begin(): string {
    const columns = columnsOf(this.#waiting);
    this.#columns = columns;
    const names = columns.length === 0 ? ['value'] : [...columns, 'other'];
    const head = csvLine(['index', 'status', 'votes', 'confidence', ...names, 'error']);
    const lines = this.#waiting.map((result) => this.#line(result, columns));
    this.#waiting = [];
    return head + lines.join('');
  }

  #line(result: TaskResult<unknown>, columns: readonly string[]): string {
    const cells = [String(result.index), result.status];
    if (result.status === 'rejected') {
      const empty = columns.length === 0 ? 1 : columns.length + 1;
      const error = `${result.error.code}: ${result.error.message}`;
      return csvLine([...cells, '', '', ...Array<string>(empty).fill(''), error]);
    }
    cells.push(String(result.trust.votes), String(result.confidence));
    return csvLine([...cells, ...valueCells(result.value, columns), '']);
  }
}

function columnsOf(results: readonly TaskResult<unknown>[]): readonly string[] {
  const names = new Set<string>();
  for (const result of results) {
    if (result.status === 'fulfilled' && isPlainObject(result.value)) {
      for (const name of Object.keys(result.value)) if (names.size < 200) names.add(name);
    }
  }
  return [...names];
}

function valueCells(value: unknown, columns: readonly string[]): string[] {
  if (columns.length === 0) return [cellText(value)];
  if (!isPlainObject(value)) return [...columns.map(() => ''), cellText(value)];
  const known = new Set(columns);
  const rest = Object.entries(value).filter(([name]) => !known.has(name));
  const other = rest.length === 0 ? '' : valueJson(Object.fromEntries(rest));
  return [...columns.map((name) => cellText(value[name])), other];
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? valueJson(value) : String(value);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
