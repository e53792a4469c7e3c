import { hasEnded, type JobId, type RowsMessage } from '@manytabs/protocol';
import type { Outbox } from '../link/outbox.ts';
import type { CoordinatorHost } from './coordinator-host.ts';
import { decodeRow, isRun } from './rows.ts';

const PROGRESS_EVERY_MS = 200;
const ROWS_AHEAD_BYTES = 4 * 1024 * 1024;
const MESSAGE_BYTES = 48 * 1024;
const MESSAGE_ROWS = 512;

/**
 * One submitter's stream of one job: rows from a cursor on, a bounded number of bytes ahead of what the submitter has
 * dealt with, and the job's view a few times a second and at its end.
 */
export class JobWatch {
  readonly #host: CoordinatorHost;
  readonly #outbox: Outbox;
  readonly #jobId: JobId;
  readonly #watch: number;
  readonly #wantsRows: boolean;
  #cursor: number;
  /** Bytes sent and not taken yet, per message, oldest first. */
  #ahead: { readonly cursor: number; readonly bytes: number }[] = [];
  #aheadBytes = 0;
  #progressAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pumping = false;

  constructor(
    host: CoordinatorHost,
    outbox: Outbox,
    jobId: JobId,
    options: { watch: number; after: number; rows: boolean },
  ) {
    this.#host = host;
    this.#outbox = outbox;
    this.#jobId = jobId;
    this.#watch = options.watch;
    this.#cursor = options.after;
    this.#wantsRows = options.rows;
  }

  get jobId(): JobId {
    return this.#jobId;
  }

  onChanged(ended: boolean): void {
    this.#pumpSoon();
    if (ended) return this.#progress();
    this.#timer ??= setTimeout(
      () => this.#progress(),
      Math.max(0, this.#progressAt + PROGRESS_EVERY_MS - this.#host.now()),
    );
  }

  onTaken(cursor: number): void {
    while (this.#ahead[0] && this.#ahead[0].cursor <= cursor) {
      this.#aheadBytes -= this.#ahead.shift()?.bytes ?? 0;
    }
    this.#pump();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** After the turn, so that rows that become final together travel together. */
  #pumpSoon(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    const { rows } = this.#host.options;
    while (this.#wantsRows && this.#cursor < rows.count(this.#jobId)) {
      if (this.#aheadBytes > ROWS_AHEAD_BYTES) return;
      const { message, bytes } = this.#nextMessage();
      this.#ahead.push({ cursor: this.#cursor, bytes });
      this.#aheadBytes += bytes;
      this.#outbox.push(message);
    }
  }

  #nextMessage(): { message: RowsMessage; bytes: number } {
    const { rows } = this.#host.options;
    const end = Math.min(rows.count(this.#jobId), this.#cursor + MESSAGE_ROWS);
    const runs: RowsMessage['runs'] = [];
    const failures: RowsMessage['failures'] = [];
    let bytes = 0;
    while (this.#cursor < end && bytes < MESSAGE_BYTES) {
      const encoded = rows.read(this.#jobId, this.#cursor);
      const row = decodeRow(encoded);
      if (isRun(row)) runs.push(row);
      else failures.push(row);
      bytes += encoded.length;
      this.#cursor += 1;
    }
    const cursor = this.#cursor;
    return { message: { type: 'rows', watch: this.#watch, cursor, runs, failures }, bytes };
  }

  #progress(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#progressAt = this.#host.now();
    const view = this.#host.machine.job(this.#jobId);
    if (!view) return;
    this.#outbox.push({ type: 'job-progress', watch: this.#watch, view });
    if (hasEnded(view.state)) return;
    this.#timer = setTimeout(() => this.#progress(), 1_000);
  }
}
