import {
  decodeValue,
  encodeValue,
  GridError,
  type InputChunk,
  type JobId,
  type JobSpec,
} from '@manytabs/protocol';
import type { CoordinatorHost } from '../coordinator-host.ts';
import { rowsOf } from '../records.ts';
import { recordsOf } from '../recovery.ts';
import { decodeRow, isRun } from '../rows.ts';

const READ_BYTES = 1024 * 1024;

/** The encoded inputs of the tasks of a job that failed, by index, as its journal has them. */
export async function* failedInputs(
  host: CoordinatorHost,
  jobId: JobId,
): AsyncGenerator<Uint8Array> {
  const failed = await failedIndexes(host, jobId);
  const { spec, chunks } = await submissionOf(host, jobId);
  if (spec.inputs.kind === 'range') {
    for (const index of failed) yield encodeValue(spec.inputs.from + index);
    return;
  }
  let from = 0;
  let at = 0;
  for (const chunk of chunks) {
    const to = from + chunk.count;
    const here: number[] = [];
    for (; (failed[at] ?? to) < to; at++) here.push((failed[at] as number) - from);
    if (here.length > 0) yield* picked(host, chunk, here);
    from = to;
  }
}

async function failedIndexes(host: CoordinatorHost, jobId: JobId): Promise<number[]> {
  const indexes: number[] = [];
  for (const part of host.parts.of(jobId).jobs) {
    for await (const index of failedIn(host, part)) indexes.push(index);
  }
  return indexes.sort((a, b) => a - b);
}

async function* failedIn(host: CoordinatorHost, jobId: JobId): AsyncGenerator<number> {
  for (let from = 0; ; ) {
    const records = await host.options.journal.read(rowsOf(jobId), from, READ_BYTES);
    if (records.length === 0) return;
    for (const bytes of records) {
      const row = decodeRow(bytes);
      if (!isRun(row)) yield row.index;
    }
    from += records.length;
  }
}

async function submissionOf(
  host: CoordinatorHost,
  jobId: JobId,
): Promise<{ spec: JobSpec; chunks: readonly InputChunk[] }> {
  const chunks: InputChunk[] = [];
  let spec: JobSpec | undefined;
  for await (const { record } of recordsOf(host.options.journal, jobId)) {
    if (record.type === 'job-submitted') spec = record.spec;
    if (record.type === 'job-extended' && record.chunk) chunks.push(record.chunk);
  }
  if (!spec) throw new GridError('job-unknown', `There is no job ${jobId}.`);
  const first = spec.inputs.kind === 'list' ? spec.inputs.chunks : [];
  return { spec, chunks: [...first, ...chunks] };
}

async function* picked(
  host: CoordinatorHost,
  chunk: InputChunk,
  places: readonly number[],
): AsyncGenerator<Uint8Array> {
  const bytes = await host.options.blobs.get(chunk.shard);
  if (!bytes) throw new GridError('shard-missing', 'The inputs of the job are not here any more.');
  const rows = decodeValue(bytes) as unknown[];
  for (const place of places) yield encodeValue(rows[place]);
}
