import {
  decodeValue,
  encodeValue,
  type JobId,
  jobIdSchema,
  type KeyValue,
  toGridError,
  z,
} from '@manytabs/protocol';
import { listAll } from './list-all.ts';

const JOBS = 'jobs/';
const FILES = 'servers-files';
const KNOWN_MAX = 100_000;
const originSchema = z.object({ epoch: z.int().check(z.positive()) });

/** Which life took in which job: written once, so what was read once is right for ever. */
export class JobIndex {
  readonly #keyValue: KeyValue;
  readonly #known = new Map<JobId, number>();

  constructor(keyValue: KeyValue) {
    this.#keyValue = keyValue;
  }

  /** The life that was the first to keep the grid's files. */
  async originOfFiles(epoch: number): Promise<number> {
    const found = await this.#keyValue.get(FILES);
    const origin = found && parse(found.value);
    if (origin !== undefined) return origin;
    try {
      await this.#keyValue.put(FILES, encodeValue({ epoch }), { expected: found?.version ?? 0 });
      return epoch;
    } catch (thrown) {
      if (toGridError(thrown, 'storage-failed').code !== 'version-conflict') throw thrown;
      return this.originOfFiles(epoch);
    }
  }

  async originOf(jobId: JobId): Promise<number | undefined> {
    const known = this.#known.get(jobId);
    if (known !== undefined) return known;
    const found = await this.#keyValue.get(JOBS + jobId);
    return found && this.#remember(jobId, found.value);
  }

  /** Writes the job down as taken in by a life, unless it is another's; gives whose it is. */
  async register(jobId: JobId, epoch: number): Promise<number> {
    const known = await this.originOf(jobId);
    if (known !== undefined) return known;
    try {
      const value = encodeValue({ epoch });
      await this.#keyValue.put(JOBS + jobId, value, { expected: 0 });
      return this.#remember(jobId, value) ?? epoch;
    } catch (thrown) {
      const error = toGridError(thrown, 'storage-failed');
      if (error.code !== 'version-conflict') throw error;
      return this.register(jobId, epoch);
    }
  }

  /** Reads it anew when it is asked for next. */
  doubt(jobId: JobId): void {
    this.#known.delete(jobId);
  }

  async forget(jobId: JobId): Promise<void> {
    this.#known.delete(jobId);
    const found = await this.#keyValue.get(JOBS + jobId);
    if (found) await this.#keyValue.delete(JOBS + jobId, found.version);
  }

  async all(): Promise<{ readonly jobId: JobId; readonly origin: number }[]> {
    const entries = await listAll(this.#keyValue, JOBS);
    return entries.flatMap(({ key, value }) => {
      const jobId = jobIdSchema.safeParse(key.slice(JOBS.length));
      const origin = jobId.success ? this.#remember(jobId.data, value) : undefined;
      return jobId.success && origin !== undefined ? [{ jobId: jobId.data, origin }] : [];
    });
  }

  #remember(jobId: JobId, value: Uint8Array): number | undefined {
    const origin = parse(value);
    if (origin === undefined) return undefined;
    this.#known.set(jobId, origin);
    if (this.#known.size > KNOWN_MAX) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    }
    return origin;
  }
}

function parse(value: Uint8Array): number | undefined {
  const parsed = originSchema.safeParse(decodeValue(value));
  return parsed.success ? parsed.data.epoch : undefined;
}
