import {
  Compaction,
  type JobRecord,
  type JournalRecord,
  type ReplayedJobRecord,
  type ReplayedRecord,
} from '@manytabs/kernel';
import type { JobId } from '@manytabs/protocol';

/** The records of a coordinator as a store keeps them: by job, in order, and nothing that was not appended. */
export class Journal {
  readonly #partitions = new Map<JobId, ReplayedJobRecord[]>();
  readonly #standings: ReplayedRecord[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  append(record: JournalRecord): void {
    this.#size++;
    if (record.type === 'standing') return void this.#standings.push(record);
    const kept = this.#partitions.get(record.jobId) ?? [];
    this.#partitions.set(record.jobId, kept);
    kept.push(asReplayed(record));
  }

  drop(jobId: JobId): void {
    this.#size -= this.#partitions.get(jobId)?.length ?? 0;
    this.#partitions.delete(jobId);
  }

  /** Folds the records of every job, as a host does now and then; the newest stay. */
  fold(keep: number): void {
    for (const [jobId, records] of this.#partitions) {
      const compaction = new Compaction<ReplayedJobRecord>(keep);
      for (const record of records) compaction.add(record, record);
      const { head, settlement, rest } = compaction.finish();
      const folded = [...head, ...(settlement ? [settlement] : []), ...rest];
      this.#size += folded.length - records.length;
      this.#partitions.set(jobId, folded);
    }
  }

  /** Job by job, and what volunteers are known for. */
  read(): ReplayedRecord[] {
    return [...[...this.#partitions.values()].flat(), ...this.#standings];
  }
}

/** The values of final tasks are not read back. */
function asReplayed(record: JobRecord): ReplayedJobRecord {
  if (record.type !== 'tasks-final') return record;
  const { column, ...rest } = record;
  return { ...rest, from: column.from, to: column.to, bytes: column.bytes.length };
}
