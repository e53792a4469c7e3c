import {
  GridError,
  type JobId,
  LIMITS,
  mayHaveFiles,
  type SessionId,
  type ShardId,
  type VolunteerMessage,
} from '@manytabs/protocol';
import { referOutputs, referredIn, shardsOf } from '../../output-files.ts';
import type { OriginShards } from './origin-shards.ts';
import type { ShardRelay } from './shard-relay.ts';

export type ResultsMessage = Extract<VolunteerMessage, { type: 'results' }>;

export interface IntakeParts {
  readonly origin: OriginShards;
  readonly relay: Pick<ShardRelay, 'fetch'>;
  /** Results of this job have files: durable once it resolves. */
  noteJob(jobId: JobId): Promise<void>;
}

/**
 * Results that refer to files count only when the files are here, so that whatever becomes final is there as well, and
 * one copy of what several volunteers agree on has travelled. They stay until the job lets go of them.
 */
export class OutputIntake {
  readonly #parts: IntakeParts;
  readonly #arriving = new Map<ShardId, Promise<void>>();
  readonly #used = new Map<JobId, Set<ShardId>>();

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  concerns({ values }: ResultsMessage): boolean {
    return mayHaveFiles(values);
  }

  /**
   * The message as it may count, and the shards that the volunteer need not keep for it.
   * @throws {GridError} `output-too-large`, `shard-missing`, `shard-corrupt`, `timeout`, `storage-full`
   */
  async take(
    session: SessionId,
    message: ResultsMessage,
    { jobId, bytesMax }: { readonly jobId: JobId; readonly bytesMax: number },
  ): Promise<{ message: ResultsMessage; shards: ShardId[] }> {
    await this.#parts.noteJob(jobId);
    const values = await referOutputs(message.values, async (shard, bytes) => {
      await this.#hold(jobId, shard, () => Promise.resolve(bytes));
      return true;
    });
    const shards: ShardId[] = [];
    for (const files of referredIn(values)) {
      if (files.reduce((sum, { size }) => sum + size, 0) > bytesMax) throw tooLarge();
      for (const { shard } of files.flatMap(shardsOf)) {
        await this.#hold(jobId, shard, () => this.#parts.relay.fetch(session, shard));
        shards.push(shard);
      }
    }
    return { message: { ...message, values }, shards };
  }

  /** After a start: votes that are still out refer to these. */
  adopt(jobId: JobId, values: Uint8Array): void {
    for (const { shard } of referredIn(values).flat().flatMap(shardsOf)) this.#use(jobId, shard);
  }

  /** The job has ended, and its files have their names. */
  release(jobId: JobId): void {
    for (const shard of this.#used.get(jobId) ?? []) this.#parts.origin.disuse(shard);
    this.#used.delete(jobId);
  }

  /** Two who bring the same do not both send it. */
  async #hold(jobId: JobId, shard: ShardId, fetch: () => Promise<Uint8Array>): Promise<void> {
    while (this.#arriving.has(shard)) await this.#arriving.get(shard)?.catch(() => {});
    this.#use(jobId, shard);
    if (await this.#parts.origin.isKept(shard)) return;
    const other = this.#arriving.get(shard);
    if (other) return other.catch(() => this.#hold(jobId, shard, fetch));
    const arriving = fetch().then((bytes) => this.#store(shard, bytes));
    this.#arriving.set(shard, arriving);
    await arriving.finally(() => this.#arriving.delete(shard));
  }

  async #store(shard: ShardId, bytes: Uint8Array): Promise<void> {
    await this.#parts.origin.put(shard, bytes);
    // The use that `put` counts is the job's, which is counted already.
    this.#parts.origin.disuse(shard);
  }

  #use(jobId: JobId, shard: ShardId): void {
    const used = this.#used.get(jobId) ?? new Set();
    this.#used.set(jobId, used);
    if (used.has(shard)) return;
    used.add(shard);
    this.#parts.origin.use(shard);
  }
}

function tooLarge(): GridError {
  return new GridError(
    'output-too-large',
    `A task of this job writes more than it may; the most is ${LIMITS.OUTPUT_BYTES_MAX} bytes.`,
  );
}
