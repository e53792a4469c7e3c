import type { ReplayedJobRecord, StandingRecord } from '@manytabs/kernel';
import { GridError, type JobId, type Journal } from '@manytabs/protocol';
import {
  decodeEvent,
  decodeStanding,
  eventsOf,
  JOB_PARTITIONS,
  jobOfEvents,
  STANDINGS_PARTITION,
} from './records.ts';

const READ_BYTES = 1024 * 1024;

/**
 * Every record of every job, job by job, in order, as many at once as were read at once: a promise for each record costs
 * more than to decode it. Each job begins with a batch without records.
 */
export async function* recover(
  journal: Journal,
): AsyncGenerator<{ jobId: JobId; records: Iterable<ReplayedJobRecord> }> {
  for (const partition of await journal.partitions(JOB_PARTITIONS)) {
    const jobId = jobOfEvents(partition);
    if (!jobId) continue;
    yield { jobId, records: [] };
    for await (const records of batches(journal, partition, decodeEvent)) yield { jobId, records };
  }
}

/** Every record of a job, in order. */
export async function* recordsOf(
  journal: Journal,
  jobId: JobId,
): AsyncGenerator<{ jobId: JobId; record: ReplayedJobRecord }> {
  for await (const record of read(journal, eventsOf(jobId), decodeEvent)) yield { jobId, record };
}

/**
 * What volunteers are known for, oldest first.
 * @throws {GridError} `storage-corrupt`
 */
export function standingsIn(
  journal: Journal,
  partition: string = STANDINGS_PARTITION,
): AsyncGenerator<StandingRecord> {
  return read(journal, partition, decodeStanding);
}

async function* read<Found>(
  journal: Journal,
  partition: string,
  decode: (bytes: Uint8Array) => Found,
): AsyncGenerator<Found> {
  for await (const batch of batches(journal, partition, decode)) yield* batch;
}

async function* batches<Found>(
  journal: Journal,
  partition: string,
  decode: (bytes: Uint8Array) => Found,
): AsyncGenerator<Iterable<Found>> {
  for (let from = 0; ; ) {
    const records = await journal.read(partition, from, READ_BYTES);
    if (records.length === 0) return;
    yield decodedAll(records, partition, decode);
    from += records.length;
  }
}

/** One by one as they are asked for: none outlives its turn. */
function* decodedAll<Found>(
  records: readonly Uint8Array[],
  partition: string,
  decode: (bytes: Uint8Array) => Found,
): Generator<Found> {
  for (const bytes of records) yield decoded(bytes, partition, decode);
}

/** @throws {GridError} `storage-corrupt` */
function decoded<Found>(
  bytes: Uint8Array,
  partition: string,
  decode: (bytes: Uint8Array) => Found,
): Found {
  try {
    return decode(bytes);
  } catch (cause) {
    throw new GridError('storage-corrupt', `A record of ${partition} cannot be read.`, { cause });
  }
}
