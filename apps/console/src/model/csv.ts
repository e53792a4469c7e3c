import { lineError } from './rows-error.ts';

/**
 * RFC 4180 with a header; every row becomes an object of texts, as it stands.
 * @throws {GridError} `input-invalid`, naming the line.
 */
export function parseCsv(text: string): Record<string, string>[] {
  const records = [...readRecords(text.replace(/^\uFEFF/, ''))];
  const header = records.shift();
  if (!header) return [];
  checkHeader(header);
  return records.map((record) => toRow(header.cells, record));
}

interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

function checkHeader(header: CsvRecord): void {
  const seen = new Set<string>();
  for (const name of header.cells) {
    if (name.trim() === '') throw lineError(header.line, 'a column of the header has no name.');
    if (seen.has(name)) throw lineError(header.line, `the header names “${name}” twice.`);
    seen.add(name);
  }
}

function toRow(names: readonly string[], record: CsvRecord): Record<string, string> {
  if (record.cells.length !== names.length) {
    throw lineError(
      record.line,
      `it has ${record.cells.length} cells, the header has ${names.length}.`,
    );
  }
  // A header cell may be called __proto__; fromEntries defines it as an own key.
  return Object.fromEntries(names.map((name, i) => [name, record.cells[i] ?? '']));
}

function* readRecords(text: string): Generator<CsvRecord> {
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const start = line;
    const cells: string[] = [];
    for (;;) {
      const cell = text[at] === '"' ? quotedCell(text, at, line) : bareCell(text, at);
      cells.push(cell.value);
      line += cell.newlines;
      at = cell.end;
      if (text[at] !== ',') break;
      at++;
    }
    at += lineEnd(text, at, line);
    line++;
    if (cells.length > 1 || cells[0] !== '') yield { line: start, cells };
  }
}

interface Cell {
  readonly value: string;
  readonly end: number;
  readonly newlines: number;
}

function bareCell(text: string, from: number): Cell {
  let end = from;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++;
  return { value: text.slice(from, end), end, newlines: 0 };
}

function quotedCell(text: string, from: number, line: number): Cell {
  let value = '';
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw lineError(line, 'a quoted cell never ends.');
    value += text.slice(at, quote);
    at = quote + 1;
    if (text[at] !== '"') break;
    value += '"';
    at++;
  }
  return { value, end: at, newlines: value.split('\n').length - 1 };
}

function lineEnd(text: string, at: number, line: number): number {
  if (at >= text.length) return 0;
  if (text.startsWith('\r\n', at)) return 2;
  if (text[at] === '\n' || text[at] === '\r') return 1;
  throw lineError(line, 'a quoted cell is followed by other text.');
}

const FORMULA_START = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** A cell that no spreadsheet takes for a formula: text that could start one gets an apostrophe in front. */
export function csvCell(text: string): string {
  const safe = FORMULA_START.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}
