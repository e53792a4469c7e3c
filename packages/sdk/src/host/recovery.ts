import type { ReplayedRecord } from '@manytabs/kernel';
import { GridError, type JobId, type Journal } from '@manytabs/protocol';
import { decodeEvent, eventsOf, JOB_PARTITIONS, jobOfEvents } from './records.ts';

const READ_BYTES = 1024 * 1024;

/** Every record of every job, job by job, in order; each job begins with an entry without a record. */
export async function* recover(
  journal: Journal,
): AsyncGenerator<{ jobId: JobId; record: ReplayedRecord | undefined }> {
  for (const partition of await journal.partitions(JOB_PARTITIONS)) {
    const jobId = jobOfEvents(partition);
    if (!jobId) continue;
    yield { jobId, record: undefined };
    yield* recordsOf(journal, jobId);
  }
}

/** Every record of a job, in order. */
export async function* recordsOf(
  journal: Journal,
  jobId: JobId,
): AsyncGenerator<{ jobId: JobId; record: ReplayedRecord }> {
  const partition = eventsOf(jobId);
  for (let from = 0; ; ) {
    const records = await journal.read(partition, from, READ_BYTES);
    if (records.length === 0) return;
    for (const bytes of records) yield { jobId, record: decode(bytes, partition) };
    from += records.length;
  }
}

/** @throws {GridError} `storage-corrupt` */
function decode(bytes: Uint8Array, partition: string): ReplayedRecord {
  try {
    return decodeEvent(bytes);
  } catch (cause) {
    throw new GridError('storage-corrupt', `A record of ${partition} cannot be read.`, { cause });
  }
}
