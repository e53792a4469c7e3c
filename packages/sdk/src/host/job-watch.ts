import {
  hasEnded,
  type JobEvent,
  type JobId,
  type JobView,
  type RowsMessage,
} from '@manytabs/protocol';
import type { Outbox } from '../link/outbox.ts';
import type { CoordinatorHost } from './coordinator-host.ts';
import { ProvisionalFeed, type ProvisionalNews } from './provisional.ts';
import { rowsOf } from './records.ts';
import { decodeRow, isRun } from './rows.ts';

const PROGRESS_EVERY_MS = 200;
const ROWS_AHEAD_BYTES = 4 * 1024 * 1024;
const EVENTS_EVERY_MS = 50;
/** Pictures of tasks among them. */
const PICTURES_MAX = 4;
const EVENTS_MAX = 256;
const MESSAGE_BYTES = 48 * 1024;
const READ_AGAIN_MS = 1_000;

type RowBatch = Pick<RowsMessage, 'runs' | 'failures'> & { bytes: number };

function emptyBatch(): RowBatch {
  return { runs: [], failures: [], bytes: 0 };
}

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
  readonly #wantsEvents: boolean;
  #events: JobEvent[] = [];
  #pictures = 0;
  readonly #feed: ProvisionalFeed | undefined;
  #cursor: number;
  /** Bytes sent and not taken yet, per message, oldest first. */
  #ahead: { readonly cursor: number; readonly bytes: number }[] = [];
  #aheadBytes = 0;
  #progressAt = 0;
  #cancelTimer: (() => void) | undefined;
  #pumping = false;
  #closed = false;

  constructor(
    host: CoordinatorHost,
    outbox: Outbox,
    jobId: JobId,
    options: { watch: number; after: number; rows: boolean; events: boolean; provisional: boolean },
  ) {
    this.#host = host;
    this.#outbox = outbox;
    this.#jobId = jobId;
    this.#watch = options.watch;
    this.#cursor = options.after;
    this.#wantsRows = options.rows;
    this.#wantsEvents = options.events;
    if (options.provisional) this.#feed = new ProvisionalFeed(outbox, options.watch);
  }

  get jobId(): JobId {
    return this.#jobId;
  }

  onChanged(ended: boolean): void {
    // Rows are understood with what the job is.
    const isFirst = this.#progressAt === 0;
    if (isFirst) this.#progress();
    void this.#pump();
    if (isFirst) return;
    if (ended) return this.#progress();
    const waitMs = Math.max(0, this.#progressAt + PROGRESS_EVERY_MS - this.#host.now());
    this.#cancelTimer ??= this.#host.timers.after(waitMs, () => this.#progress());
  }

  /** Events leave together, a bounded number at a time: who logs more than that is not heard in full. */
  onEvent(event: JobEvent): void {
    if (!this.#wantsEvents || this.#closed || this.#events.length >= EVENTS_MAX) return;
    const isPicture = event.kind === 'preview';
    if (isPicture && this.#pictures++ >= PICTURES_MAX) return;
    if (this.#events.push(event) > 1) return;
    this.#host.timers.after(EVENTS_EVERY_MS, () => this.#sendEvents());
  }

  #sendEvents(): void {
    const events = this.#events;
    this.#events = [];
    this.#pictures = 0;
    if (this.#closed) return;
    const others = events.filter(({ kind }) => kind !== 'preview');
    // A picture fills a message by itself.
    const groups = events.flatMap((event) => (event.kind === 'preview' ? [[event]] : []));
    for (const group of others.length > 0 ? [others, ...groups] : groups)
      this.#outbox.push({ type: 'job-events', watch: this.#watch, events: group });
  }

  onProvisional(news: ProvisionalNews): void {
    this.#feed?.add(news);
  }

  onTaken(cursor: number): void {
    while (this.#ahead[0] && this.#ahead[0].cursor <= cursor) {
      this.#aheadBytes -= this.#ahead.shift()?.bytes ?? 0;
    }
    void this.#pump();
  }

  close(): void {
    this.#closed = true;
    this.#feed?.close();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Reads on while there are rows and room; what comes meanwhile is seen by the same reading. */
  async #pump(): Promise<void> {
    if (this.#pumping || this.#closed || !this.#wantsRows) return;
    this.#pumping = true;
    try {
      while (!this.#closed && this.#hasRoom() && this.#cursor < this.#host.rowCount(this.#jobId)) {
        await this.#sendRows();
      }
    } catch (thrown) {
      this.#host.options.note('error', `rows of ${this.#jobId} cannot be read: ${thrown}`);
      // Nothing may change any more that would have them read again.
      this.#host.timers.after(READ_AGAIN_MS, () => void this.#pump());
    } finally {
      this.#pumping = false;
    }
  }

  #hasRoom(): boolean {
    return this.#aheadBytes <= ROWS_AHEAD_BYTES;
  }

  async #sendRows(): Promise<void> {
    const { journal } = this.#host.options;
    const records = await journal.read(rowsOf(this.#jobId), this.#cursor, MESSAGE_BYTES);
    let batch = emptyBatch();
    for (const record of records) {
      const row = decodeRow(record);
      // Runs or failures, not both: whoever counts rows knows the number of each.
      if ((isRun(row) ? batch.failures : batch.runs).length > 0) {
        this.#send(batch);
        batch = emptyBatch();
      }
      if (isRun(row)) batch.runs.push(row);
      else batch.failures.push(row);
      batch.bytes += record.length;
    }
    if (records.length > 0) this.#send(batch);
  }

  #send({ runs, failures, bytes }: RowBatch): void {
    this.#feed?.flush();
    this.#cursor += runs.length + failures.length;
    const cursor = this.#cursor;
    this.#ahead.push({ cursor, bytes });
    this.#aheadBytes += bytes;
    this.#outbox.push({ type: 'rows', watch: this.#watch, cursor, runs, failures });
  }

  #tell(view: JobView): void {
    if (this.#closed) return;
    const rows = this.#host.rowCount(this.#jobId);
    this.#outbox.push({ type: 'job-progress', watch: this.#watch, view, rows });
  }

  #progress(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#progressAt = this.#host.now();
    const view = this.#host.machine.job(this.#jobId);
    if (!view) return;
    // The machine is ahead of its journal: the number of rows is true once that has caught up.
    if (hasEnded(view.state)) return void this.#host.settled().then(() => this.#tell(view));
    this.#tell(view);
    this.#cancelTimer = this.#host.timers.after(1_000, () => this.#progress());
  }
}
