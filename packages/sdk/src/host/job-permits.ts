import {
  decodeValue,
  encodeValue,
  GridError,
  hex,
  type JobId,
  jobIdSchema,
  type KeyValue,
  toGridError,
  z,
} from '@manytabs/protocol';
import { sha256 } from '../identity/crypto.ts';
import type { CoordinatorHost } from './coordinator-host.ts';

const permitsSchema = z.array(jobIdSchema);

/**
 * How many jobs of a token run at a time, over all servers: permits are in the store, under the jobs' ids, and those of jobs that
 * have ended are taken back when there are none left.
 */
export class JobPermits {
  readonly #host: CoordinatorHost;
  /** Jobs that are about to begin here. */
  readonly #begun = new Map<JobId, string>();

  constructor(host: CoordinatorHost) {
    this.#host = host;
  }

  /** Jobs of an owner that have not ended, or are about to begin, here. */
  live(owner: string): JobId[] {
    const begun = [...this.#begun].flatMap(([jobId, of]) => (of === owner ? [jobId] : []));
    return [...new Set([...this.#host.machine.liveJobs(owner), ...begun])];
  }

  /** Begins a job if that makes no more than `most` of its owner. @throws {GridError} `quota-exceeded` */
  async begin<T>(
    job: { readonly jobId: JobId; readonly owner: string; readonly most: number | undefined },
    begin: () => Promise<T>,
  ): Promise<T> {
    const { jobId, owner, most } = job;
    if (most === undefined) return begin();
    if (this.live(owner).length >= most) throw exceeded(most);
    this.#begun.set(jobId, owner);
    try {
      const { keyValue } = this.#host.options;
      if (this.#host.servers && keyValue) await this.#take(keyValue, { owner, jobId, most });
      return await begin();
    } finally {
      this.#begun.delete(jobId);
    }
  }

  async #take(
    keyValue: KeyValue,
    { owner, jobId, most }: { owner: string; jobId: JobId; most: number },
  ): Promise<void> {
    const key = `quotas/${hex(sha256(new TextEncoder().encode(owner))).slice(0, 40)}`;
    for (;;) {
      const found = await keyValue.get(key);
      const known = found ? read(found.value) : [];
      if (known.includes(jobId)) return;
      const live = known.length < most ? known : await this.#stillLive(owner, known);
      if (live.length >= most) throw exceeded(most);
      try {
        const expected = found?.version ?? 0;
        await keyValue.put(key, encodeValue([...live, jobId]), { expected });
        return;
      } catch (thrown) {
        if (toGridError(thrown, 'storage-failed').code !== 'version-conflict') throw thrown;
      }
    }
  }

  /** Where a server cannot be asked, what it has counts. */
  async #stillLive(owner: string, known: readonly JobId[]): Promise<readonly JobId[]> {
    const live = await this.#host.servers?.liveJobs(owner);
    return live ? known.filter((jobId) => live.includes(jobId)) : known;
  }
}

function read(value: Uint8Array): JobId[] {
  const parsed = permitsSchema.safeParse(decodeValue(value));
  return parsed.success ? parsed.data : [];
}

function exceeded(most: number): GridError {
  return new GridError('quota-exceeded', `This token may have ${most} jobs at a time.`);
}
