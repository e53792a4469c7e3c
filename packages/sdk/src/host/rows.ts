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
    const { column, voters } = record;
    return { from: column.from, values: column.bytes, votes: voters.length };
  }
  if (record.type !== 'task-failed') return undefined;
  const { index, code, message, attempts, tries } = record;
  const told = tries.slice(-TRIES_TOLD).map((one) => ({ ...one, message: cut(one.message, 300) }));
  return { index, code, message: cut(message, 2_000), attempts, tries: told };
}

export function encodeRow(row: Row): Uint8Array {
  return isRun(row)
    ? encodeValue([row.from, row.votes, row.values])
    : encodeValue([row.index, row.code, row.message, row.attempts, row.tries]);
}

/** Rows come from our own store; a row that does not decode is a broken store. */
export function decodeRow(bytes: Uint8Array): Row {
  const parts = decodeValue(bytes) as unknown[];
  if (parts.length === 3) {
    const [from, votes, values] = parts as [number, number, Uint8Array];
    return { from, votes, values };
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
