import type { JournalRecord, ReplayedRecord } from '@manytabs/kernel';
import type { JobId } from '@manytabs/protocol';

/** The records of a coordinator as a store keeps them: by job, in order, and nothing that was not appended. */
export class Journal {
  readonly #partitions = new Map<JobId | 'standings', ReplayedRecord[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  append(record: JournalRecord): void {
    const partition = record.type === 'standing' ? 'standings' : record.jobId;
    const kept = this.#partitions.get(partition) ?? [];
    this.#partitions.set(partition, kept);
    kept.push(asReplayed(record));
    this.#size++;
  }

  /** Job by job, with the standings of volunteers somewhere between. */
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
