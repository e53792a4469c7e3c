import {
  type InputChunk,
  type Inputs,
  type JobId,
  type JobSpec,
  LIMITS,
  type Quorum,
  type ShardId,
  type ShardRef,
} from '@manytabs/protocol';

/** One job of a world: how many tasks, what they cost, and what happens to it. */
export interface JobPlan {
  readonly tasks: number;
  /** A list is cut into chunks of this many inputs; undefined for a range. */
  readonly chunkTasks: number | undefined;
  readonly chunkBytes: number;
  /** An open list that is closed when the faults have stopped and its shards were counted. */
  readonly isOpen: boolean;
  readonly quorum: Quorum;
  readonly priority: number;
  readonly taskMs: number;
  /** Share of tasks that throw, wherever they run. */
  readonly throwShare: number;
  readonly moduleBytes: number;
  readonly fileShards: number;
  readonly fileShardBytes: number;
  readonly submitAtMs: number;
  readonly pauseAtMs: number | undefined;
  readonly resumeAfterMs: number;
  readonly cancelAtMs: number | undefined;
}

/** The job of a plan with everything about it that is a pure function of the plan and its number. */
export class PlannedJob {
  readonly plan: JobPlan;
  readonly number: number;
  readonly jobId: JobId;
  readonly #salt: number;

  constructor(plan: JobPlan, number: number, seed: number) {
    this.plan = plan;
    this.number = number;
    this.jobId = jobIdOf(number);
    this.#salt = mix(seed ^ Math.imul(number + 1, 0x9e3779b9));
  }

  /** What an honest tab computes: four bytes that never encode shorter. */
  honestValue(index: number): number {
    return (mix(this.#salt ^ mix(index)) | 0x01000000) >>> 0;
  }

  /** Whether the task throws, anywhere. */
  throws(index: number): boolean {
    if (this.plan.throwShare === 0) return false;
    return mix(this.#salt ^ mix(index ^ 0x5bd1e995)) / 2 ** 32 < this.plan.throwShare;
  }

  /** Milliseconds on an ordinary worker: most near the mean, a few four times as long. */
  costMs(index: number): number {
    const draw = mix(this.#salt ^ mix(index ^ 0x27d4eb2f)) / 2 ** 32;
    return this.plan.taskMs * (draw < 0.9 ? 0.5 + draw / 2 : 1 + 30 * (draw - 0.9));
  }

  /** Module, files and chunks, each once. */
  shards(): ShardRef[] {
    const { module, files } = this.spec().program;
    return [module.code, ...files.flatMap((file) => file.shards), ...this.chunks()];
  }

  chunks(): InputChunk[] {
    const { chunkTasks, chunkBytes, tasks } = this.plan;
    if (chunkTasks === undefined) return [];
    return Array.from({ length: Math.ceil(tasks / chunkTasks) }, (_, i) => ({
      shard: shardIdOf(this.number, `c${i}`),
      bytes: chunkBytes,
      count: Math.min(chunkTasks, tasks - i * chunkTasks),
    }));
  }

  spec(): JobSpec {
    const { plan } = this;
    return {
      name: `job ${this.number}`,
      purpose: 'a simulation',
      program: {
        module: {
          kind: 'js',
          code: { shard: shardIdOf(this.number, 'm'), bytes: plan.moduleBytes },
          export: 'default',
        },
        args: new Uint8Array(),
        files: this.#files(),
        seed: this.number,
        timeoutMs: LIMITS.TASK_TIMEOUT_MS_DEFAULT,
        outputBytesMax: 1024,
      },
      inputs: this.#inputs(),
      quorum: plan.quorum,
      priority: plan.priority,
    };
  }

  #files(): JobSpec['program']['files'] {
    const { fileShards, fileShardBytes } = this.plan;
    if (fileShards === 0) return [];
    const shards = Array.from({ length: fileShards }, (_, i) => ({
      shard: shardIdOf(this.number, `f${i}`),
      bytes: fileShardBytes,
    }));
    return [{ path: 'input', bytes: fileShards * fileShardBytes, shards }];
  }

  #inputs(): Inputs {
    if (this.plan.chunkTasks === undefined) return { kind: 'range', from: 0, to: this.plan.tasks };
    return { kind: 'list', chunks: this.chunks(), open: this.plan.isOpen };
  }
}

const VALUE_BYTES = 5;

/** A column of numbers over 2^16, each as MessagePack writes it. */
export function columnOf(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * VALUE_BYTES);
  values.forEach((value, i) => {
    bytes[i * VALUE_BYTES] = 0xce;
    bytes[i * VALUE_BYTES + 1] = value >>> 24;
    bytes[i * VALUE_BYTES + 2] = value >>> 16;
    bytes[i * VALUE_BYTES + 3] = value >>> 8;
    bytes[i * VALUE_BYTES + 4] = value;
  });
  return bytes;
}

/** The numbers of a column made by `columnOf`; undefined for anything else. */
export function valuesOf(bytes: Uint8Array): number[] | undefined {
  if (bytes.length % VALUE_BYTES !== 0) return undefined;
  const values: number[] = [];
  for (let i = 0; i < bytes.length; i += VALUE_BYTES) {
    if (bytes[i] !== 0xce) return undefined;
    const high = ((bytes[i + 1] as number) << 24) | ((bytes[i + 2] as number) << 16);
    values.push((high | ((bytes[i + 3] as number) << 8) | (bytes[i + 4] as number)) >>> 0);
  }
  return values;
}

/** 32 bits that depend on every bit of the input (the finalizer of MurmurHash3). */
export function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function jobIdOf(number: number): JobId {
  return `j${letters(number, 20)}` as JobId;
}

/** Letters only, as base 32 begins with them. */
export function letters(number: number, length: number): string {
  let text = '';
  for (let rest = number; text.length < length; rest = Math.floor(rest / 26)) {
    text = String.fromCharCode(97 + (rest % 26)) + text;
  }
  return text;
}

function shardIdOf(job: number, part: string): ShardId {
  const name = `${job} ${part}`;
  const digits = [...name].map((char) => char.charCodeAt(0).toString(16)).join('');
  return digits.padStart(64, '0') as ShardId;
}
