import {
  Column,
  GridError,
  hasEnded,
  type JobId,
  type JobView,
  LIMITS,
  type ProvisionalMessage,
  type RowsMessage,
  toGridError,
  unwrapOutput,
} from '@manytabs/protocol';
import { cursorOf, cursorsOf, moved, type RowCursor } from '../row-cursor.ts';
import type { ProvisionalResult, ResultsOptions, TaskResult, Trust } from './api.ts';
import type { Connection, Streamed, TakenRows } from './connection.ts';
import { TaskError } from './task-error.ts';

/** A volunteer nobody knows is wrong this often (research: Sarmenta 2002, the prior of credibility voting). */
const PRIOR = 0.05;

/** Results of one job as they become final: pulls rows from the grid no faster than they are consumed. */
export class RowStream<Output> {
  readonly #watch: { taken(rows: TakenRows): void; stop(): void };
  readonly #ready: TaskResult<Output>[][] = [];
  /** Rows dealt with up to here once the batch at the same place of `#ready` is consumed. */
  readonly #taken: (TakenRows | undefined)[] = [];
  /** Records that came, of each part of the job. */
  #cursors: readonly number[];
  /** Results of the first record of each part that were dealt with. */
  readonly #skip: number[];
  #last: JobView | undefined;
  #rows = 0;
  #failure: GridError | undefined;
  #wake: (() => void) | undefined;

  constructor(
    connection: Connection,
    jobId: JobId,
    options: Pick<ResultsOptions, 'signal' | 'after' | 'ordered' | 'provisional'>,
  ) {
    const { signal, after = 0, ordered = false, provisional = false } = options;
    this.#cursors = cursorsOf(after).map((cursor) => Math.floor(cursor / CURSOR_STEP));
    this.#skip = cursorsOf(after).map((cursor) => cursor % CURSOR_STEP);
    this.#watch = connection.watch(
      { jobId, rows: true, ordered, provisional, after: () => cursorOf(this.#cursors) },
      {
        onMessage: (message) => this.#onMessage(message),
        onRefused: (reason) => this.#fail(reason),
      },
    );
    connection.onState((state) => {
      if (state === 'closed') this.#fail(new GridError('closed', 'The connection is closed.'));
    });
    signal?.addEventListener('abort', () => this.#fail(aborted(signal)));
    if (signal?.aborted) this.#fail(aborted(signal));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TaskResult<Output>> {
    try {
      for (;;) {
        const batch = this.#ready.shift();
        if (batch) {
          yield* batch;
          const taken = this.#taken.shift();
          if (taken) this.#watch.taken(taken);
        } else if (this.#failure) {
          throw this.#failure;
        } else if (this.#isComplete()) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.#watch.stop();
    }
  }

  #isComplete(): boolean {
    const view = this.#last;
    const read = this.#cursors.reduce((sum, cursor) => sum + cursor, 0);
    return view !== undefined && hasEnded(view.state) && read >= this.#rows;
  }

  /** What cannot be read ends this stream and not the link: asking again would bring the same. */
  #onMessage(message: Streamed): void {
    try {
      this.#take(message);
    } catch (thrown) {
      this.#fail(toGridError(thrown, 'frame-malformed'));
    }
    this.#wake?.();
  }

  #take(message: Streamed): void {
    if (message.type === 'job-progress') {
      this.#last = message.view as JobView;
      this.#rows = message.rows;
    } else if (message.type === 'rows') this.#onRows(message);
    else if (message.type === 'provisional') this.#onProvisional(message);
  }

  #onRows({ runs, failures, part = 0, cursor }: RowsMessage): void {
    const batch: TaskResult<Output>[] = [];
    let record = cursor - runs.length - failures.length;
    const tier = this.#last?.tier ?? 'none';
    const before = this.#cursors.map((each, i) => each * CURSOR_STEP + (this.#skip[i] ?? 0));
    const placeOf = (place: number) => cursorOf(moved(before, part, place));
    for (const run of runs) pushRun(run, { record: record++, tier, placeOf }, batch);
    for (const { index, code, message, attempts, tries } of failures) {
      const error = new TaskError(code, message, { index, attempts: tries, count: attempts });
      const place = { cursor: placeOf(++record * CURSOR_STEP) };
      batch.push({ index, status: 'rejected', state: 'failed', error, attempts, ...place });
    }
    batch.splice(0, this.#skip[part] ?? 0);
    if (part < this.#skip.length) this.#skip[part] = 0;
    this.#cursors = moved(this.#cursors, part, cursor);
    this.#ready.push(batch);
    this.#taken.push({ part, cursor });
  }

  /** Counts for nothing: only final rows are. */
  #onProvisional({ news }: ProvisionalMessage): void {
    const batch: TaskResult<Output>[] = [];
    for (const result of provisionalOf(news)) {
      const { confidence } = result;
      const trust = { votes: 0, confidence, tier: this.#last?.tier ?? ('none' as const) };
      batch.push({ ...result, value: result.value as Output, status: 'fulfilled', trust });
    }
    this.#ready.push(batch);
    this.#taken.push(undefined);
  }

  #fail(reason: GridError): void {
    this.#failure ??= reason;
    this.#wake?.();
  }
}

/** A cursor is the number of a record and how many of its results; a record has at most so many. */
const CURSOR_STEP = LIMITS.BUNDLE_TASKS_MAX;

export function* provisionalOf(news: ProvisionalMessage['news']): Generator<ProvisionalResult> {
  for (const { from, values, confidence = 0 } of news) {
    if (!values) continue;
    const column = Column.parse(from, values);
    for (let index = column.from; index < column.to; index++) {
      yield { index, value: bareValue(column, index), state: 'provisional', confidence };
    }
  }
}

function pushRun<Output>(
  run: RowsMessage['runs'][number],
  { record, tier, placeOf }: { record: number; tier: Trust; placeOf: (place: number) => RowCursor },
  batch: TaskResult<Output>[],
): void {
  const column = Column.parse(run.from, run.values);
  const confidence = run.confidence ?? confidenceOf(run.votes);
  const trust = { votes: run.votes, confidence, tier };
  for (let index = column.from; index < column.to; index++) {
    const value = bareValue(column, index) as Output;
    const cursor = placeOf(record * CURSOR_STEP + (index + 1 - column.from));
    batch.push({ index, status: 'fulfilled', state: 'final', confidence, value, trust, cursor });
  }
}

/** Credibility of a group of `votes` equal results and no other (Sarmenta, FGCS 18, 2002). */
export function confidenceOf(votes: number): number {
  const good = (1 - PRIOR) ** votes;
  return good / (good + PRIOR ** votes);
}

/** By index instead of by time; holds back what comes early. */
export async function* inOrder<Output>(
  results: AsyncIterable<TaskResult<Output>>,
): AsyncGenerator<TaskResult<Output>> {
  const early = new Map<number, TaskResult<Output>>();
  let next = 0;
  for await (const result of results) {
    early.set(result.index, result);
    for (let due = early.get(next); due; due = early.get(next)) {
      early.delete(next);
      next += 1;
      yield due;
    }
  }
  // A cancelled job leaves gaps.
  yield* [...early.values()].sort((a, b) => a.index - b.index);
}

export function aborted(signal: AbortSignal): GridError {
  return toGridError(signal.reason instanceof GridError ? signal.reason : 'Aborted.', 'aborted');
}

/** Without the files that the task wrote, which are on the grid. */
function bareValue(column: Column, index: number): unknown {
  return unwrapOutput(column.decode(index)).value;
}
