import { Compaction } from '@manytabs/kernel';
import { type JobId, type Journal, type Timers, toGridError } from '@manytabs/protocol';
import { systemTimers } from '../system-timers.ts';
import { decodeEvent, eventsOf, rowsOf } from './records.ts';
import { encodeSettlement } from './settlement.ts';

/** Records of a job that runs are folded when so many came since the last time, and as many as were left then. */
const RUNNING_RECORDS = 20_000;
/** Of a job that ended, what is more than this is folded at its end. */
const ENDED_RECORDS = 64;
/** The newest stay as they are, as what people ask about the last minutes is in them: a fifth, or at the end so many. */
const KEPT_SHARE = 0.2;
const KEEP_ENDED = 32;
/** What is read before others get their turn: about five ms. */
const SLICE_BYTES = 128 * 1024;

export interface JanitorOptions {
  readonly journal: Journal;
  readonly timers?: Timers | undefined;
  readonly epoch: number;
  /** Does something while nothing is appended. */
  readonly exclusively: (work: () => Promise<void>) => Promise<void>;
  readonly note: (level: 'info' | 'warn', text: string, details?: object) => void;
  readonly runningRecords?: number | undefined;
}

interface Known {
  records: number;
  /** When it was folded last. */
  left: number;
}

/**
 * Keeps the journal small: a job's events are folded now and then and when it ends, and what is forgotten is dropped.
 * One job at a time, in small pieces, beside the grid's work; what fails is tried again with the next occasion.
 */
export class Janitor {
  readonly #options: JanitorOptions;
  readonly #jobs = new Map<JobId, Known>();
  readonly #ended = new Set<JobId>();
  #work: Promise<void> = Promise.resolve();
  readonly #planned = new Set<JobId>();
  #isClosed = false;

  constructor(options: JanitorOptions) {
    this.#options = options;
  }

  /** So many events more of the job are durable. */
  onAppended(jobId: JobId, records: number): void {
    const known = this.#jobs.get(jobId) ?? { records: 0, left: 0 };
    known.records += records;
    this.#jobs.set(jobId, known);
    const fresh = known.records - known.left;
    if (fresh >= Math.max(this.#runningRecords, known.left)) this.#plan(jobId);
  }

  onEnded(jobId: JobId): void {
    this.#ended.add(jobId);
    if ((this.#jobs.get(jobId)?.records ?? 0) > ENDED_RECORDS) this.#plan(jobId);
  }

  onForgotten(jobId: JobId): void {
    this.#jobs.delete(jobId);
    this.#ended.delete(jobId);
    this.#then(`the results of ${jobId} could not be dropped`, () => this.#drop(jobId));
  }

  /** Resolves once what was forgotten so far is dropped. */
  idle(): Promise<void> {
    return this.#work;
  }

  /** What is under way comes to its end; what was planned is not begun. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#work;
  }

  get #runningRecords(): number {
    return this.#options.runningRecords ?? RUNNING_RECORDS;
  }

  #plan(jobId: JobId): void {
    if (this.#planned.has(jobId)) return;
    this.#planned.add(jobId);
    this.#then(`the journal of ${jobId} could not be folded`, async () => {
      this.#planned.delete(jobId);
      await this.#fold(jobId);
    });
  }

  #then(failure: string, work: () => Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#isClosed) return;
      try {
        await work();
      } catch (thrown) {
        const { code, message } = toGridError(thrown, 'storage-failed');
        this.#options.note('warn', `${failure}: ${message}`, { code });
      }
    });
  }

  async #fold(jobId: JobId): Promise<void> {
    const { journal, epoch, exclusively, note } = this.#options;
    const partition = eventsOf(jobId);
    const compaction = new Compaction<Uint8Array>(
      this.#ended.has(jobId) ? KEEP_ENDED : Math.floor(this.#runningRecords * KEPT_SHARE),
    );
    const before = await journal.count(partition);
    let read = await this.#read(partition, 0, compaction);
    if (this.#isClosed) return;
    await exclusively(async () => {
      read = await this.#read(partition, read, compaction);
      // Half of a journal must never take the place of the whole.
      if (this.#isClosed || read !== (await journal.count(partition))) return;
      const { head, settlement, rest } = compaction.finish();
      if (!settlement) return;
      const records = [...head, encodeSettlement(settlement), ...rest];
      await journal.replace(epoch, partition, records);
      this.#jobs.set(jobId, { records: records.length, left: records.length });
      note('info', `${before} records became ${records.length}`, { jobId });
    });
  }

  /** @returns how many records there are */
  async #read(
    partition: string,
    from: number,
    compaction: Compaction<Uint8Array>,
  ): Promise<number> {
    for (let at = from; ; ) {
      const records = await this.#options.journal.read(partition, at, SLICE_BYTES);
      if (records.length === 0 || this.#isClosed) return at;
      for (const bytes of records) compaction.add(decodeEvent(bytes), bytes);
      at += records.length;
      await (this.#options.timers ?? systemTimers).nextTurn();
    }
  }

  /** The events last: without them nobody would know that there are rows to drop. */
  async #drop(jobId: JobId): Promise<void> {
    const { journal, epoch } = this.#options;
    await journal.replace(epoch, rowsOf(jobId), []);
    await journal.replace(epoch, eventsOf(jobId), []);
  }
}
