import type { JournalRecord } from '@manytabs/kernel';
import { decodeValue, encodeValue, type RowsMessage } from '@manytabs/protocol';

export type Run = RowsMessage['runs'][number];
export type Failure = RowsMessage['failures'][number];
export type Row = Run | Failure;

export function isRun(row: Row): row is Run {
  return 'values' in row;
}

const TRIES_TOLD = 8;

/** The row a journal record adds to a job's results, if it does. */
export function rowOf(record: JournalRecord): Row | undefined {
  if (record.type === 'tasks-final') {
    const { column, voters, confidence } = record;
    const run = { from: column.from, values: column.bytes, votes: voters.length };
    return confidence === undefined ? run : { ...run, confidence };
  }
  if (record.type !== 'task-failed') return undefined;
  const { index, code, message, attempts, tries } = record;
  const told = tries.slice(-TRIES_TOLD).map((one) => ({ ...one, message: cut(one.message, 300) }));
  return { index, code, message: cut(message, 2_000), attempts, tries: told };
}

export function encodeRow(row: Row): Uint8Array {
  return isRun(row)
    ? encodeValue([row.from, row.votes, row.values, ...optional(row.confidence)])
    : encodeValue([row.index, row.code, row.message, row.attempts, row.tries]);
}

/** Rows come from our own store; a row that does not decode is a broken store. */
export function decodeRow(bytes: Uint8Array): Row {
  const parts = decodeValue(bytes) as unknown[];
  if (typeof parts[1] === 'number') {
    const [from, votes, values, confidence] = parts as [number, number, Uint8Array, number?];
    return { from, votes, values, ...(confidence === undefined ? {} : { confidence }) };
  }
  const [index, code, message, attempts, tries = []] = parts as [
    number,
    Failure['code'],
    string,
    number,
    Failure['tries'] | undefined,
  ];
  return { index, code, message, attempts, tries };
}

function cut(text: string, chars: number): string {
  return text.slice(0, chars);
}

function optional(value: number | undefined): number[] {
  return value === undefined ? [] : [value];
}
