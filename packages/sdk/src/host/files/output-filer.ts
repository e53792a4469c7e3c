import {
  Column,
  type GridError,
  hasEnded,
  type JobId,
  type JobState,
  type KeyValue,
  type OutputFile,
  toGridError,
  unwrapOutput,
} from '@manytabs/protocol';

const PREFIX = 'files/out/';
const READ_BYTES = 1024 * 1024;
const RETRY_MS = 5_000;

export interface FilerParts {
  readonly store: KeyValue;
  /** Encoded rows of a job from number `from` on: the values of each, none for a failure. */
  rows(jobId: JobId, from: number, bytes: number): Promise<readonly (Uint8Array | undefined)[]>;
  rowCount(jobId: JobId): number;
  /** Undefined for a job that is not of this server, or is forgotten. */
  stateOf(jobId: JobId): JobState | undefined;
  /** Gives the file its name. @throws {GridError} */
  file(jobId: JobId, output: OutputFile): Promise<void>;
  /** All that the job wrote has its name. */
  onFiled(jobId: JobId): void;
  note(text: string): void;
}

interface Mark {
  /** Rows before it have their files. */
  row: number;
  version: number;
}

/**
 * Gives names to what tasks wrote once their rows are final. A mark is durable before the first of a job's results with
 * files counts, and says from which row on names may be lacking: whoever comes after a crash goes on from there.
 */
export class OutputFiler {
  readonly #parts: FilerParts;
  readonly #marks = new Map<JobId, Mark>();
  readonly #opening = new Map<JobId, Promise<void>>();
  readonly #due = new Set<JobId>();
  #work: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLate = false;
  #isClosed = false;

  constructor(parts: FilerParts) {
    this.#parts = parts;
  }

  /** Before any result with files counts. @throws {GridError} `storage-failed`, `storage-full` */
  open(jobId: JobId): Promise<void> {
    if (this.#marks.has(jobId)) return Promise.resolve();
    const opening = this.#opening.get(jobId) ?? this.#open(jobId);
    this.#opening.set(jobId, opening);
    return opening.finally(() => this.#opening.delete(jobId));
  }

  /** After a start: everything that may lack names. */
  async recover(): Promise<void> {
    let after: string | undefined;
    for (;;) {
      const page = await this.#parts.store.list(PREFIX, after === undefined ? {} : { after });
      for (const { key, value, version } of page) this.#adopt(jobOf(key), value, version);
      after = page.at(-1)?.key;
      if (page.length === 0) return;
    }
  }

  /** A job that another coordinator had. */
  async resume(jobId: JobId): Promise<void> {
    const entry = await this.#parts.store.get(PREFIX + jobId);
    if (entry) this.#adopt(jobId, entry.value, entry.version);
  }

  /** Rows of the job have become final, or it has ended. */
  onChanged(jobId: JobId): void {
    if (!this.#marks.has(jobId) || this.#isClosed) return;
    this.#due.add(jobId);
    if (this.#due.size === 1) this.#work = this.#work.then(() => this.#fileDue());
  }

  /** Resolves when what is final by now was tried. */
  settled(): Promise<void> {
    return this.#work;
  }

  /** Something final waits to be stored. */
  get isBehind(): boolean {
    return this.#due.size > 0 || this.#isLate;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #open(jobId: JobId): Promise<void> {
    const { store, rowCount } = this.#parts;
    const key = PREFIX + jobId;
    const row = rowCount(jobId);
    const known = await store.get(key);
    if (known) return this.#adopt(jobId, known.value, known.version);
    this.#marks.set(jobId, { row, version: await store.put(key, encode(row), { expected: 0 }) });
  }

  #adopt(jobId: JobId, value: Uint8Array, version: number): void {
    if (this.#parts.stateOf(jobId) === undefined) return;
    this.#marks.set(jobId, { row: decode(value), version });
    this.onChanged(jobId);
  }

  async #fileDue(): Promise<void> {
    for (const jobId of this.#due) {
      this.#due.delete(jobId);
      await this.#fileJob(jobId).catch((thrown: unknown) => this.#later(jobId, thrown));
    }
  }

  #later(jobId: JobId, thrown: unknown): void {
    this.#parts.note(`files of ${jobId} wait to be stored: ${String(thrown)}`);
    this.#isLate = true;
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isLate = false;
      for (const waiting of this.#marks.keys()) this.onChanged(waiting);
    }, RETRY_MS);
    this.#timer.unref?.();
  }

  async #fileJob(jobId: JobId): Promise<void> {
    const mark = this.#marks.get(jobId);
    if (!mark) return;
    const state = this.#parts.stateOf(jobId);
    const isLast = state === undefined || hasEnded(state);
    for (;;) {
      if (this.#isClosed) return;
      const rows = await this.#parts.rows(jobId, mark.row, READ_BYTES);
      if (rows.length === 0) break;
      for (const values of rows) if (values) await this.#fileRow(jobId, values);
      await this.#advance(jobId, mark, mark.row + rows.length);
    }
    if (isLast) await this.#end(jobId, mark);
  }

  async #fileRow(jobId: JobId, values: Uint8Array): Promise<void> {
    const column = Column.parse(0, values);
    for (let index = column.from; index < column.to; index++) {
      for (const output of unwrapOutput(column.decode(index)).files) {
        await this.#file(jobId, output);
      }
    }
  }

  /** What can never be stored is left out; what the store refuses for now is tried again. */
  async #file(jobId: JobId, output: OutputFile): Promise<void> {
    try {
      await this.#parts.file(jobId, output);
    } catch (thrown) {
      const reason = toGridError(thrown, 'internal');
      if (isPassing(reason)) throw reason;
      this.#parts.note(`${output.path} of ${jobId} is not stored: ${reason.message}`);
    }
  }

  async #advance(jobId: JobId, mark: Mark, row: number): Promise<void> {
    const { store } = this.#parts;
    mark.version = await store.put(PREFIX + jobId, encode(row), { expected: mark.version });
    mark.row = row;
  }

  async #end(jobId: JobId, mark: Mark): Promise<void> {
    this.#marks.delete(jobId);
    this.#parts.onFiled(jobId);
    await this.#parts.store.delete(PREFIX + jobId, mark.version);
  }
}

function isPassing({ code }: GridError): boolean {
  return code === 'storage-failed' || code === 'storage-full' || code === 'version-conflict';
}

function jobOf(key: string): JobId {
  return key.slice(PREFIX.length) as JobId;
}

function encode(row: number): Uint8Array {
  return new TextEncoder().encode(String(row));
}

function decode(value: Uint8Array): number {
  return Number(new TextDecoder().decode(value));
}
