import type { JournalRecord } from '@manytabs/kernel';
import { decodeValue, encodeValue, type RowsMessage } from '@manytabs/protocol';

export type Run = RowsMessage['runs'][number];
export type Failure = RowsMessage['failures'][number];
export type Row = Run | Failure;

export function isRun(row: Row): row is Run {
  return 'values' in row;
}

/** The row a journal record adds to a job's results, if it does. */
export function rowOf(record: JournalRecord): Row | undefined {
  if (record.type === 'tasks-final') {
    const { column, voters } = record;
    return { from: column.from, values: column.bytes, votes: voters.length };
  }
  if (record.type !== 'task-failed') return undefined;
  const { index, code, message, attempts } = record;
  return { index, code, message: message.slice(0, 2_000), attempts };
}

export function encodeRow(row: Row): Uint8Array {
  return isRun(row)
    ? encodeValue([row.from, row.votes, row.values])
    : encodeValue([row.index, row.code, row.message, row.attempts]);
}

/** Rows come from our own store; a row that does not decode is a broken store. */
export function decodeRow(bytes: Uint8Array): Row {
  const parts = decodeValue(bytes) as unknown[];
  if (parts.length === 3) {
    const [from, votes, values] = parts as [number, number, Uint8Array];
    return { from, votes, values };
  }
  const [index, code, message, attempts] = parts as [number, Failure['code'], string, number];
  return { index, code, message, attempts };
}
