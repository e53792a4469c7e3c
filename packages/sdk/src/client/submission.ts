import { GridError, type JobId, type JobSpec, LIMITS, type ShardId } from '@manytabs/protocol';
import type { ShardBytes } from '../shard-bytes.ts';
import type { InputSource } from './api.ts';
import type { Connection, RequestBody } from './connection.ts';
import { chunksOf } from './inputs.ts';
import { Pace } from './pace.ts';

/** Up to this size shards go ahead of the job unasked; more is first offered. */
const UNASKED_BYTES = 64 * 1024;
const CHUNKS_IN_FLIGHT = 16;
const UPLOADS_IN_FLIGHT = 4;

type Extension = Extract<RequestBody, { type: 'extend-job' }>;

export interface Submission<Input> {
  readonly connection: Connection;
  readonly jobId: JobId;
  readonly spec: JobSpec;
  readonly shards: ShardBytes;
  readonly inputs: InputSource<Input>;
  /** Inputs ahead of what is decided; by their size unless said. */
  readonly buffer?: number | undefined;
  /** Stops reading inputs. */
  readonly signal?: AbortSignal | undefined;
}

/** Resolves once the grid has the job; the inputs of a list go on arriving (`fed`). */
export async function submit<Input>(
  submission: Submission<Input>,
): Promise<{ fed: Promise<void> }> {
  const { connection, jobId, spec, shards } = submission;
  const size = [...shards.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  const uploaded = size <= UNASKED_BYTES ? uploadAtOnce(connection, shards) : undefined;
  const accepted = connection.request({ type: 'submit', jobId, spec });
  // Both are awaited below, one after the other.
  accepted.catch(() => {});
  const early =
    uploaded && spec.inputs.kind === 'list' && !spec.source ? feed(submission) : undefined;
  early?.catch(() => {});
  try {
    await uploaded;
    await accepted;
  } catch (thrown) {
    await submitAgain(submission, thrown);
  }
  if (spec.inputs.kind === 'range' || spec.source) return { fed: Promise.resolve() };
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

/** All of them are on their way when this returns, ahead of what is said next. */
async function uploadAtOnce(connection: Connection, shards: ShardBytes): Promise<void> {
  const puts = [...shards].map(([shard, bytes]) =>
    connection.request({ type: 'put-shard', shard, bytes }),
  );
  await Promise.all(puts);
}

function isRefusedInput(thrown: unknown): boolean {
  return thrown instanceof GridError && thrown.code === 'input-invalid';
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

/** Sends the inputs of a list, a bounded number of chunks ahead of the grid, and no more than a job takes. */
async function feed<Input>(submission: Submission<Input>): Promise<void> {
  const { connection, jobId, inputs, signal } = submission;
  const window = new Window(CHUNKS_IN_FLIGHT);
  const pace = new Pace(submission);
  let isClosed = false;
  const extend = async (extension: Extension) => {
    isClosed ||= (await connection.request(extension)) === 'closed';
  };
  let last: Promise<void> = Promise.resolve();
  /** Where the grid has let the shard go by then, it is sent again once all that is before it has arrived. */
  const extendAfter = async (
    before: Promise<void>,
    extension: Extension,
    put: () => Promise<unknown>,
  ) => {
    try {
      await extend(extension);
    } catch (thrown) {
      await before;
      if (missingOf(thrown)) await put();
      else if (!isRefusedInput(thrown)) throw thrown;
      await extend(extension);
    }
  };
  let from = 0;
  try {
    for await (const { chunk, bytes } of chunksOf(inputs)) {
      await pace.room(bytes.length, chunk.count);
      if (signal?.aborted || isClosed || pace.hasEnded) return;
      const inline = bytes.length <= LIMITS.INLINE_SHARD_BYTES;
      const extension = { type: 'extend-job', jobId, from, chunk, last: false } as const;
      const put = () => connection.request({ type: 'put-shard', shard: chunk.shard, bytes });
      if (!inline) await put();
      last = extendAfter(last, inline ? { ...extension, bytes } : extension, put);
      await window.add(last);
      from += chunk.count;
    }
    const end = { type: 'extend-job', jobId, from, last: true } as const;
    await window.add(extendAfter(last, end, () => Promise.resolve()));
    await window.done();
  } finally {
    pace.close();
  }
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
