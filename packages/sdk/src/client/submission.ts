import { GridError, type JobId, type JobSpec, LIMITS, type ShardId } from '@manytabs/protocol';
import type { InputSource } from './api.ts';
import type { Connection } from './connection.ts';
import { chunksOf } from './inputs.ts';
import type { ShardBytes } from './program.ts';

/** Up to this size shards go ahead of the job unasked; more is first offered. */
const UNASKED_BYTES = 64 * 1024;
const CHUNKS_IN_FLIGHT = 16;
const UPLOADS_IN_FLIGHT = 4;

export interface Submission<Input> {
  readonly connection: Connection;
  readonly jobId: JobId;
  readonly spec: JobSpec;
  readonly shards: ShardBytes;
  readonly inputs: InputSource<Input>;
}

/** Resolves once the grid has the job; the inputs of a list go on arriving (`fed`). */
export async function submit<Input>(
  submission: Submission<Input>,
): Promise<{ fed: Promise<void> }> {
  const { connection, jobId, spec, shards } = submission;
  const size = [...shards.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  const uploaded =
    size <= UNASKED_BYTES ? upload(connection, shards, [...shards.keys()]) : undefined;
  const accepted = connection.request({ type: 'submit', jobId, spec });
  const early = uploaded && spec.inputs.kind === 'list' ? feed(submission) : undefined;
  early?.catch(() => {});
  try {
    await uploaded;
    await accepted;
  } catch (thrown) {
    await submitAgain(submission, thrown);
  }
  if (spec.inputs.kind === 'range') return { fed: Promise.resolve() };
  return { fed: early ?? feed(submission) };
}

/** The grid said which shards it lacks: sends them and submits once more. */
async function submitAgain<Input>(submission: Submission<Input>, thrown: unknown): Promise<void> {
  const { connection, jobId, spec, shards } = submission;
  const missing = missingOf(thrown);
  if (!missing) throw thrown;
  await upload(connection, shards, missing);
  await connection.request({ type: 'submit', jobId, spec });
}

function missingOf(thrown: unknown): ShardId[] | undefined {
  if (!(thrown instanceof GridError) || thrown.code !== 'shards-missing') return undefined;
  return Array.isArray(thrown.details) ? (thrown.details as ShardId[]) : undefined;
}

async function upload(
  connection: Connection,
  shards: ShardBytes,
  ids: readonly ShardId[],
): Promise<void> {
  const window = new Window(UPLOADS_IN_FLIGHT);
  for (const shard of ids) {
    const bytes = shards.get(shard);
    if (bytes) await window.add(connection.request({ type: 'put-shard', shard, bytes }));
  }
  await window.done();
}

/** Sends the inputs of a list, a bounded number of chunks ahead of the grid. */
async function feed<Input>({ connection, jobId, inputs }: Submission<Input>): Promise<void> {
  const window = new Window(CHUNKS_IN_FLIGHT);
  let from = 0;
  for await (const { chunk, bytes } of chunksOf(inputs)) {
    const inline = bytes.length <= LIMITS.INLINE_SHARD_BYTES;
    const extension = { type: 'extend-job', jobId, from, chunk, last: false } as const;
    if (!inline) await connection.request({ type: 'put-shard', shard: chunk.shard, bytes });
    await window.add(connection.request(inline ? { ...extension, bytes } : extension));
    from += chunk.count;
  }
  await window.add(connection.request({ type: 'extend-job', jobId, from, last: true }));
  await window.done();
}

/** At most so many promises at once; the first failure stops it. */
class Window {
  readonly #size: number;
  readonly #open = new Set<Promise<unknown>>();

  constructor(size: number) {
    this.#size = size;
  }

  async add(work: Promise<unknown>): Promise<void> {
    const tracked = work.finally(() => this.#open.delete(tracked));
    tracked.catch(() => {});
    this.#open.add(tracked);
    while (this.#open.size >= this.#size) await Promise.race(this.#open);
  }

  async done(): Promise<void> {
    await Promise.all(this.#open);
  }
}
