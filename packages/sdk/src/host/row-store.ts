import type { JobId } from '@manytabs/protocol';

/**
 * The final rows of jobs, in the order they became final. Rows are opaque bytes here. Reading by number is what lets a
 * submitter resume a stream where it broke.
 */
export interface RowStore {
  append(jobId: JobId, row: Uint8Array): void;
  /** @throws {GridError} `storage-failed` */
  read(jobId: JobId, row: number): Uint8Array;
  count(jobId: JobId): number;
  drop(jobId: JobId): void;
  close(): void;
}

export class MemoryRowStore implements RowStore {
  readonly #rows = new Map<JobId, Uint8Array[]>();

  append(jobId: JobId, row: Uint8Array): void {
    const rows = this.#rows.get(jobId);
    if (rows) rows.push(row);
    else this.#rows.set(jobId, [row]);
  }

  read(jobId: JobId, row: number): Uint8Array {
    return this.#rows.get(jobId)?.[row] ?? new Uint8Array();
  }

  count(jobId: JobId): number {
    return this.#rows.get(jobId)?.length ?? 0;
  }

  drop(jobId: JobId): void {
    this.#rows.delete(jobId);
  }

  close(): void {
    this.#rows.clear();
  }
}
