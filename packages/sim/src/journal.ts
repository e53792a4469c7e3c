import type { JournalRecord, ReplayedRecord } from '@manytabs/kernel';
import type { JobId } from '@manytabs/protocol';

/** The records of a coordinator as a store keeps them: by job, in order, and nothing that was not appended. */
export class Journal {
  readonly #partitions = new Map<JobId, ReplayedRecord[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  append(record: JournalRecord): void {
    const kept = this.#partitions.get(record.jobId) ?? [];
    this.#partitions.set(record.jobId, kept);
    kept.push(asReplayed(record));
    this.#size++;
  }

  /** Job by job. */
  read(): ReplayedRecord[] {
    return [...this.#partitions.values()].flat();
  }
}

/** The values of final tasks are not read back. */
function asReplayed(record: JournalRecord): ReplayedRecord {
  if (record.type !== 'tasks-final') return record;
  const { column, ...rest } = record;
  return { ...rest, from: column.from, to: column.to };
}
