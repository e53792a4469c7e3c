import {
  GridError,
  hasEnded,
  type JobEvent,
  type JobId,
  type JobView,
  must,
  type RowsMessage,
  type SubmitterMessage,
} from '@manytabs/protocol';
import type { Outbox } from '../link/outbox.ts';
import type { CoordinatorHost } from './coordinator-host.ts';
import { PartReader } from './parts/part-reader.ts';
import type { PartNews } from './parts/remote-part.ts';
import type { WholeJob } from './parts/whole-job.ts';
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

type WatchOptions = Pick<WatchMessage, 'after' | 'rows' | 'ordered' | 'events' | 'provisional'> & {
  readonly watch: number;
};
type WatchMessage = Extract<SubmitterMessage, { type: 'watch-job' }>;
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
  readonly #whole: WholeJob;
  readonly #reader: PartReader;
  readonly #stopHearing: () => void;
  #events: JobEvent[] = [];
  #pictures = 0;
  readonly #feed: ProvisionalFeed | undefined;
  /** Bytes sent and not taken yet, per message, oldest first. */
  #ahead: { readonly part: number; readonly cursor: number; readonly bytes: number }[] = [];
  #aheadBytes = 0;
  #progressAt = 0;
  #cancelTimer: (() => void) | undefined;
  #pumping = false;
  #closed = false;

  constructor(host: CoordinatorHost, outbox: Outbox, jobId: JobId, options: WatchOptions) {
    const { events = false, provisional = false, ordered = false } = options;
    this.#host = host;
    this.#outbox = outbox;
    this.#jobId = jobId;
    this.#watch = options.watch;
    this.#wantsRows = options.rows;
    this.#wantsEvents = events;
    if (provisional) this.#feed = new ProvisionalFeed(outbox, options.watch);
    this.#whole = host.parts.of(jobId);
    this.#reader = new PartReader(options.after, ordered);
    const onNews = (news: PartNews) => outbox.push({ ...news, watch: options.watch });
    this.#stopHearing = this.#whole.hear({ events, provisional, onNews });
  }

  get jobId(): JobId {
    return this.#jobId;
  }

  /** Whether what happens to this job, or to this part of one, is what it follows. */
  hears(jobId: JobId): boolean {
    return jobId === this.#jobId || this.#whole.jobs.includes(jobId);
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

  onTaken({ cursor, part = 0 }: { cursor: number; part?: number | undefined }): void {
    this.#ahead = this.#ahead.filter((sent) => sent.part !== part || sent.cursor > cursor);
    this.#aheadBytes = this.#ahead.reduce((sum, { bytes }) => sum + bytes, 0);
    void this.#pump();
  }

  close(): void {
    this.#closed = true;
    this.#feed?.close();
    this.#stopHearing();
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Reads on while there are rows and room; what comes meanwhile is seen by the same reading. */
  async #pump(): Promise<void> {
    if (this.#pumping || this.#closed || !this.#wantsRows) return;
    this.#pumping = true;
    try {
      while (!this.#closed && this.#hasRoom()) {
        const part = this.#reader.next(this.#whole.readable());
        if (part === undefined) return;
        await this.#sendRows(part);
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

  async #sendRows(part: number): Promise<void> {
    const { journal } = this.#host.options;
    const jobId = must(this.#whole.jobs[part], 'a part');
    const records = await journal.read(rowsOf(jobId), this.#reader.cursor(part), MESSAGE_BYTES);
    if (records.length === 0)
      throw new GridError('storage-failed', 'Rows that were there are gone.');
    let batch = emptyBatch();
    for (const record of records) {
      const row = decodeRow(record);
      // Runs or failures, not both: whoever counts rows knows the number of each.
      if ((isRun(row) ? batch.failures : batch.runs).length > 0) {
        this.#send(part, batch);
        batch = emptyBatch();
      }
      if (isRun(row)) batch.runs.push(row);
      else batch.failures.push(row);
      batch.bytes += record.length;
    }
    this.#send(part, batch);
  }

  #send(part: number, { runs, failures, bytes }: RowBatch): void {
    this.#feed?.flush();
    const cursor = this.#reader.advance(part, runs.length + failures.length);
    this.#ahead.push({ part, cursor, bytes });
    this.#aheadBytes += bytes;
    const place = part === 0 ? { cursor } : { part, cursor };
    this.#outbox.push({ type: 'rows', watch: this.#watch, ...place, runs, failures });
  }

  #tell(view: JobView): void {
    if (this.#closed) return;
    const { rows } = this.#whole;
    this.#outbox.push({ type: 'job-progress', watch: this.#watch, view, rows });
  }

  #progress(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#progressAt = this.#host.now();
    const view = this.#whole.view();
    if (!view) return;
    // The machine is ahead of its journal: the number of rows is true once that has caught up.
    if (hasEnded(view.state)) return void this.#host.settled().then(() => this.#tell(view));
    this.#tell(view);
    this.#cancelTimer = this.#host.timers.after(1_000, () => this.#progress());
  }
}
