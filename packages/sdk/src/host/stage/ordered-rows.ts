import {
  Column,
  decodeValue,
  encodeValue,
  GridError,
  hasEnded,
  type JobId,
  mayHaveFiles,
  must,
  unwrapOutput,
} from '@manytabs/protocol';
import type { CoordinatorHost } from '../coordinator-host.ts';
import type { WholeJob } from '../parts/whole-job.ts';
import { rowsOf } from '../records.ts';
import { decodeRow, isRun, type Row } from '../rows.ts';

/** Nothing more is at hand; ask again when a job has changed. */
export const PAUSE = Symbol('pause');

/** An encoded value, or undefined where the task failed. */
export type Value = Uint8Array | undefined;

const READ_BYTES = 1024 * 1024;
const FAILED = -1;

/**
 * The final values of a job by index, each as soon as those before it are there. What came early is remembered by where
 * it is in the journal and read again, so that the order costs no memory for values.
 */
export async function* orderedValues(
  host: CoordinatorHost,
  jobId: JobId,
): AsyncGenerator<Value | typeof PAUSE> {
  const whole = host.parts.of(jobId);
  for (let part = 0; part < whole.jobs.length; part++) yield* valuesOfPart(host, whole, part);
}

async function* valuesOfPart(
  host: CoordinatorHost,
  whole: WholeJob,
  part: number,
): AsyncGenerator<Value | typeof PAUSE> {
  const { journal } = host.options;
  const jobId = must(whole.jobs[part], 'a part');
  const early = new Map<number, number>();
  let next = whole.bounds[part] ?? 0;
  let record = 0;
  for (;;) {
    const known = early.get(next);
    if (known !== undefined) {
      early.delete(next);
      const [bytes] = known === FAILED ? [] : await journal.read(rowsOf(jobId), known, 1);
      const values = bytes ? valuesOf(decodeRow(bytes)) : [undefined];
      yield* values;
      next += values.length;
      continue;
    }
    const records = await journal.read(rowsOf(jobId), record, READ_BYTES);
    for (const bytes of records) {
      const row = decodeRow(bytes);
      const from = isRun(row) ? row.from : row.index;
      if (from !== next) early.set(from, isRun(row) ? record : FAILED);
      record++;
      if (from !== next) continue;
      const values = valuesOf(row);
      yield* values;
      next += values.length;
    }
    if (records.length > 0) continue;
    if (await isOver(host, whole, { part, next, record })) return;
    yield PAUSE;
  }
}

function valuesOf(row: Row): Value[] {
  if (!isRun(row)) return [undefined];
  const column = Column.parse(row.from, row.values);
  const hasFiles = mayHaveFiles(row.values);
  return Array.from({ length: column.count }, (_, i) => {
    const value = column.value(column.from + i);
    return hasFiles ? withoutFiles(value) : value;
  });
}

/** What a task wrote is on the grid, and no input of the next. */
function withoutFiles(value: Uint8Array): Uint8Array {
  return encodeValue(unwrapOutput(decodeValue(value)).value);
}

/** @throws {GridError} `cancelled` where tasks will never be decided. */
async function isOver(
  host: CoordinatorHost,
  whole: WholeJob,
  read: { readonly part: number; readonly next: number; readonly record: number },
): Promise<boolean> {
  const view = whole.viewOf(read.part);
  if (!view) return whole.view() === undefined;
  if (!hasEnded(view.state)) return false;
  // One that ended while its own inputs still came has not all of its values.
  if (read.next >= (whole.bounds[read.part] ?? 0) + view.tasks.total && !view.open) return true;
  // The machine is ahead of its journal.
  await host.settled();
  if (read.record < (whole.readable()[read.part]?.rows ?? 0)) return false;
  const why = view.reason === '' ? view.state : `${view.state}, ${view.reason}`;
  throw new GridError('cancelled', `Job ${view.jobId}, whose values it takes, is ${why}.`);
}
