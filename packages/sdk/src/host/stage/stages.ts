import {
  encodedArray,
  encodeValue,
  type GridError,
  hasEnded,
  type JobId,
  type Source,
  toGridError,
} from '@manytabs/protocol';
import { addShard, type ShardBytes } from '../../shard-bytes.ts';
import type { CoordinatorHost } from '../coordinator-host.ts';
import { PAUSE, type Value } from './ordered-rows.ts';
import { inputsOf } from './shapes.ts';

/** Jobs that take their inputs from other jobs: the values go from rows to chunks without leaving the coordinator. */
export class Stages {
  readonly #host: CoordinatorHost;
  readonly #stages = new Map<JobId, Stage>();

  constructor(host: CoordinatorHost) {
    this.#host = host;
  }

  begin(jobId: JobId): void {
    const source = this.#host.machine.spec(jobId)?.source;
    if (!source || this.#stages.has(jobId) || !isOpen(this.#host, jobId)) return;
    const stage = new Stage(this.#host, jobId, source);
    this.#stages.set(jobId, stage);
    void stage.run().finally(() => this.#stages.delete(jobId));
  }

  onJobChanged(jobId: JobId): void {
    for (const stage of this.#stages.values()) stage.onJobChanged(jobId);
  }

  close(): void {
    for (const stage of this.#stages.values()) stage.close();
  }
}

const CHUNK_BYTES = 256 * 1024;
const CHUNK_ROWS_MAX = 4_096;
/** Values that come one by one wait for company a little, and longer the more chunks there are. */
const LINGER_MS = 5;
const LINGER_CHUNKS_PER_MS = 20;
const NO_INPUT = encodeValue(null);

class Stage {
  readonly #host: CoordinatorHost;
  readonly #jobId: JobId;
  readonly #source: Source;
  #inputs: Value[] = [];
  #bytes = 0;
  #chunks = 0;
  #hasChanged = false;
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(host: CoordinatorHost, jobId: JobId, source: Source) {
    this.#host = host;
    this.#jobId = jobId;
    this.#source = source;
  }

  onJobChanged(jobId: JobId): void {
    if (jobId !== this.#jobId && !this.#source.jobs.includes(jobId)) return;
    this.#hasChanged = true;
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async run(): Promise<void> {
    try {
      await this.#feed();
    } catch (thrown) {
      this.#cancel(toGridError(thrown, 'input-invalid'));
    }
  }

  /** What was fed before a restart is not fed again. */
  async #feed(): Promise<void> {
    let known = this.#host.machine.job(this.#jobId)?.tasks.total ?? 0;
    for await (const input of inputsOf(this.#host, this.#jobId, this.#source)) {
      if (this.#isOver) return;
      if (input === PAUSE) await this.#pause();
      else if (known > 0) known--;
      else await this.#add(input);
    }
    await this.#extend(true);
  }

  get #isOver(): boolean {
    return this.#closed || !isOpen(this.#host, this.#jobId);
  }

  async #add(input: Value): Promise<void> {
    this.#inputs.push(input);
    this.#bytes += input?.length ?? 1;
    const isFull = this.#bytes >= CHUNK_BYTES || this.#inputs.length >= CHUNK_ROWS_MAX;
    if (isFull) await this.#extend(false);
  }

  async #pause(): Promise<void> {
    if (this.#inputs.length > 0) {
      await new Promise((resolve) =>
        setTimeout(resolve, LINGER_MS + this.#chunks / LINGER_CHUNKS_PER_MS),
      );
      await this.#extend(false);
    }
    if (!this.#hasChanged && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#hasChanged = false;
  }

  async #extend(last: boolean): Promise<void> {
    const inputs = this.#inputs;
    this.#inputs = [];
    this.#bytes = 0;
    this.#chunks++;
    const missing = inputs.flatMap((input, place) => (input === undefined ? [place] : []));
    const chunk = inputs.length === 0 ? undefined : await this.#store(inputs);
    if (this.#isOver) return;
    const extension = { jobId: this.#jobId, chunk, last, missing };
    this.#host.step({ type: 'job-extended', at: this.#host.now(), ...extension });
  }

  async #store(inputs: readonly Value[]) {
    const bytes = encodedArray(inputs.map((input) => input ?? NO_INPUT));
    const shards: ShardBytes = new Map();
    const shard = addShard(bytes, shards);
    await this.#host.options.blobs.put(shard, bytes);
    return { shard, bytes: bytes.length, count: inputs.length };
  }

  #cancel({ code, message }: GridError): void {
    if (this.#isOver) return;
    const reason = `${code}: ${message}`.slice(0, 200);
    const order = { jobId: this.#jobId, action: 'cancel', reason } as const;
    this.#host.step({ type: 'job-controlled', at: this.#host.now(), ...order });
  }
}

function isOpen(host: CoordinatorHost, jobId: JobId): boolean {
  const view = host.machine.job(jobId);
  return view?.open === true && !hasEnded(view.state);
}
