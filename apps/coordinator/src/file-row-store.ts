import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { GridError, type JobId } from '@manytabs/protocol';
import type { RowStore } from 'manytabs/host';

/** Where each row of a job ends in its file: eight bytes a row, however long the row. */
class Ends {
  #ends = new Float64Array(16);
  count = 0;

  push(end: number): void {
    if (this.count === this.#ends.length) this.#grow();
    this.#ends[this.count++] = end;
  }

  at(row: number): number {
    return row < 0 ? 0 : (this.#ends[row] as number);
  }

  #grow(): void {
    const ends = new Float64Array(this.#ends.length * 2);
    ends.set(this.#ends);
    this.#ends = ends;
  }
}

interface JobFile {
  readonly fd: number;
  readonly ends: Ends;
}

const OPEN_FILES_MAX = 1_000;

/** Final rows in one file a job; memory holds only where they end. */
export class FileRowStore implements RowStore {
  readonly #dir: string;
  readonly #files = new Map<JobId, JobFile>();

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true });
  }

  append(jobId: JobId, row: Uint8Array): void {
    const { fd, ends } = this.#files.get(jobId) ?? this.#open(jobId);
    const start = ends.at(ends.count - 1);
    this.#write(fd, row, start);
    ends.push(start + row.length);
  }

  read(jobId: JobId, row: number): Uint8Array {
    const file = this.#files.get(jobId);
    if (!file || row >= file.ends.count) return new Uint8Array();
    const start = file.ends.at(row - 1);
    const bytes = new Uint8Array(file.ends.at(row) - start);
    const got = readSync(file.fd, bytes, 0, bytes.length, start);
    if (got === bytes.length) return bytes;
    throw new GridError('storage-failed', `Row ${row} of ${jobId} is cut short.`);
  }

  count(jobId: JobId): number {
    return this.#files.get(jobId)?.ends.count ?? 0;
  }

  drop(jobId: JobId): void {
    const file = this.#files.get(jobId);
    if (!file) return;
    closeSync(file.fd);
    this.#files.delete(jobId);
    rmSync(this.#path(jobId), { force: true });
  }

  close(): void {
    for (const { fd } of this.#files.values()) closeSync(fd);
    this.#files.clear();
  }

  #write(fd: number, row: Uint8Array, at: number): void {
    try {
      let done = 0;
      while (done < row.length) done += writeSync(fd, row, done, row.length - done, at + done);
    } catch (cause) {
      const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
      const code = full ? 'storage-full' : 'storage-failed';
      throw new GridError(code, 'A result could not be written.', { cause });
    }
  }

  #open(jobId: JobId): JobFile {
    if (this.#files.size >= OPEN_FILES_MAX) {
      throw new GridError('quota-exceeded', `${OPEN_FILES_MAX} jobs hold results.`);
    }
    const file = { fd: openSync(this.#path(jobId), 'w+', 0o600), ends: new Ends() };
    this.#files.set(jobId, file);
    return file;
  }

  #path(jobId: JobId): string {
    return join(this.#dir, `${jobId}.rows`);
  }
}
