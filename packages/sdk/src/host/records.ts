import type { JobRecord, JournalRecord, ReplayedJobRecord, StandingRecord } from '@manytabs/kernel';
import { Column, decodeValue, encodeValue, type JobId } from '@manytabs/protocol';
import { encodeRow, rowOf } from './rows.ts';
import { settlementOf } from './settlement.ts';

// A job's journal is two partitions: what happened, from which the machine is made again, and the final rows, which
// submitters read by number. Values are in the rows alone, so that what happened stays small.

const JOBS = 'jobs/';

export function eventsOf(jobId: JobId): string {
  return `${JOBS}${jobId}/events`;
}

export function rowsOf(jobId: JobId): string {
  return `${JOBS}${jobId}/rows`;
}

/** The job of an events partition; undefined for any other. */
export function jobOfEvents(partition: string): JobId | undefined {
  const name = /^jobs\/(j[a-z2-7]{20})\/events$/.exec(partition)?.[1];
  return name as JobId | undefined;
}

/** The job of a partition of rows; undefined for any other. */
export function jobOfRows(partition: string): JobId | undefined {
  const name = /^jobs\/(j[a-z2-7]{20})\/rows$/.exec(partition)?.[1];
  return name as JobId | undefined;
}

export const JOB_PARTITIONS = JOBS;
/** What volunteers are known for. */
export const STANDINGS_PARTITION = 'standings';

/** What they are known for at one of several servers. */
export function standingsOf(epoch: number): string {
  return `${STANDINGS_PARTITION}/${epoch}`;
}

/** What a record adds to which partition. */
export function appendedOf(
  record: JournalRecord,
  standings: string = STANDINGS_PARTITION,
): { partition: string; record: Uint8Array }[] {
  if (record.type === 'standing') {
    return [{ partition: standings, record: encodeStanding(record) }];
  }
  const appended = [{ partition: eventsOf(record.jobId), record: encodeEvent(record) }];
  const row = rowOf(record);
  if (row) appended.push({ partition: rowsOf(record.jobId), record: encodeRow(row) });
  return appended;
}

export function encodeEvent(record: JobRecord): Uint8Array {
  if (record.type === 'vote-received') {
    const { column, ...rest } = record;
    return encodeValue({ ...rest, from: column.from, values: column.bytes });
  }
  if (record.type !== 'tasks-final') return encodeValue(record);
  const { column, ...rest } = record;
  const { from, to, bytes } = column;
  return encodeValue({ ...rest, from, to, bytes: bytes.length });
}

/** Our own bytes: what does not decode is a damaged store, and throws. */
export function decodeEvent(bytes: Uint8Array): ReplayedJobRecord {
  const event = decodeValue(bytes) as ReplayedJobRecord & { from: number; values: Uint8Array };
  if (event.type === 'tasks-settled') return settlementOf(event);
  if (event.type !== 'vote-received') return withUndefined(event);
  const { from, values, ...rest } = event;
  return { ...rest, column: Column.parse(from, values) };
}

export function encodeStanding(record: StandingRecord): Uint8Array {
  return encodeValue(record);
}

export function decodeStanding(bytes: Uint8Array): StandingRecord {
  return decodeValue(bytes) as StandingRecord;
}

/** MessagePack has nil where we had undefined. */
function withUndefined(event: ReplayedJobRecord): ReplayedJobRecord {
  if (event.type === 'job-extended') return { ...event, chunk: event.chunk ?? undefined };
  if (event.type !== 'job-submitted') return event;
  const { view, program, ...spec } = event.spec;
  const { rangeFrom, ...fixed } = program;
  return {
    ...event,
    spec: {
      ...spec,
      program: { ...fixed, ...(typeof rangeFrom === 'number' ? { rangeFrom } : {}) },
      ...(view ? { view } : {}),
    },
  };
}
