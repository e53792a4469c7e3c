import {
  type Check,
  type Determinism,
  decodeValue,
  encodeValue,
  GridError,
  type JobId,
  type Program,
  type ShardId,
} from '@manytabs/protocol';
import { type RunRequest, SandboxRuntime } from '../src/index.ts';

// What the browser tests call in their page, as `grid`.

export interface Told {
  /** Values by task index. */
  readonly values: Record<number, unknown>;
  readonly failures: Record<number, { code: string; message: string }>;
  readonly batches: number;
  readonly progress: number;
  readonly logs: readonly { index: number; text: string }[];
  readonly previews: number;
  readonly ms: number;
  readonly busyMs: number;
  readonly order: readonly number[];
}

export interface JobSource {
  readonly js?: string;
  readonly wasm?: readonly number[];
  readonly wasi?: readonly number[];
  readonly python?: string;
  readonly export?: string;
  readonly args?: unknown;
  readonly files?: Record<string, string>;
  /** Content of inputs that are files of the grid. */
  readonly gridFiles?: Record<string, string>;
  readonly seed?: number;
  readonly rangeFrom?: number;
  readonly timeoutMs?: number;
  readonly outputBytesMax?: number;
  readonly determinism?: Determinism;
  readonly check?: Check;
}

const JOB = 'jaaaaaaaaaaaaaaaaaaaa' as JobId;

export const runtimeOf = (workers = 1, url = '/sandbox.html') =>
  new SandboxRuntime({ workers, url });

/** Of a page that keeps an origin of its own. */
export const runtimeAt = (url: string) =>
  new SandboxRuntime({ workers: 1, url, keepsOrigin: true });

export function programOf(source: JobSource): Program {
  const kind = source.python ? 'python' : source.wasi ? 'wasi' : source.wasm ? 'wasm' : 'js';
  return {
    module: {
      kind,
      // As good as a hash to whatever compares programs.
      code: { shard: (source.js ?? source.python ?? '') as ShardId, bytes: 1 },
      export: source.export ?? 'run',
    },
    args: encodeValue(source.args),
    files: [],
    rangeFrom: source.rangeFrom ?? 0,
    seed: source.seed ?? 7,
    timeoutMs: source.timeoutMs ?? 5000,
    outputBytesMax: source.outputBytesMax ?? 4 * 2 ** 20,
    determinism: source.determinism,
    check: source.check,
  };
}

export function openJob(runtime: SandboxRuntime, source: JobSource, owner?: string) {
  const encoder = new TextEncoder();
  const binary = source.wasi ?? source.wasm;
  const module = binary
    ? Uint8Array.from(binary)
    : encoder.encode(source.js ?? source.python ?? '');
  const files = new Map(
    Object.entries(source.files ?? {}).map(([path, text]) => [path, encoder.encode(text)]),
  );
  return runtime.open(JOB, programOf(source), { module, files }, owner);
}

export type OpenJob = Awaited<ReturnType<typeof openJob>>;

/** Runs tasks and tells all that was heard, once the run has ended. */
export function runTasks(
  job: OpenJob,
  from: number,
  to: number,
  inputs?: readonly unknown[],
  gridFiles?: JobSource['gridFiles'],
): Promise<Told> {
  return startTasks(job, { from, to, ...chunkOf(inputs, from) }, gridFiles).told;
}

function chunkOf(inputs: readonly unknown[] | undefined, chunkFrom: number) {
  return { chunk: inputs && encodeValue(inputs), chunkFrom };
}

export function startTasks(
  job: OpenJob,
  request: RunRequest,
  gridFiles: JobSource['gridFiles'] = {},
) {
  const told = {
    values: {} as Record<number, unknown>,
    failures: {} as Record<number, { code: string; message: string }>,
    batches: 0,
    progress: 0,
    logs: [] as { index: number; text: string }[],
    previews: 0,
    ms: 0,
    busyMs: 0,
    order: [] as number[],
  };
  const startedAt = performance.now();
  let end: (told: Told) => void = () => {};
  const ended = new Promise<Told>((resolve) => {
    end = resolve;
  });
  const run = job.run(request, {
    onResults: (from, count, bytes, busyMs) => {
      told.batches++;
      told.busyMs += busyMs;
      const list = decodeValue(arrayOf(count, bytes)) as unknown[];
      list.forEach((value, i) => {
        told.values[from + i] = value;
        told.order.push(from + i);
      });
    },
    onTaskFailed: (index, code, message) => {
      told.failures[index] = { code, message };
      told.order.push(index);
    },
    onProgress: () => told.progress++,
    onLog: (index, text) => told.logs.push({ index, text }),
    onPreview: () => told.previews++,
    onRead: async (path, offset, length) => {
      const text = gridFiles[path];
      if (text === undefined) throw new GridError('file-missing', `There is no ${path}.`);
      return new TextEncoder().encode(text).slice(offset, offset + length);
    },
    onEnd: () => end({ ...told, ms: performance.now() - startedAt }),
  });
  return { run, told: ended, heard: told };
}

/** A column as the encoding of a list. */
function arrayOf(count: number, column: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(column.length + 5);
  new DataView(bytes.buffer).setUint8(0, 0xdd);
  new DataView(bytes.buffer).setUint32(1, count);
  bytes.set(column, 5);
  return bytes;
}

/** The code of what a promise rejects with, or `none`. */
export function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (thrown: { code?: string; message: string }) => `${thrown.code}: ${thrown.message}`,
  );
}

/** What a job says of results of its first tasks. */
export async function checkResults(
  source: JobSource,
  results: readonly unknown[],
  inputs?: readonly unknown[],
): Promise<Told> {
  const runtime = runtimeOf();
  try {
    const job = await openJob(runtime, source);
    const request = { from: 0, to: results.length, ...chunkOf(inputs, 0) };
    return await startTasks(job, { ...request, check: encodeValue(results) }).told;
  } finally {
    runtime.close();
  }
}

/** Opens a job in a runtime of its own, runs it, and closes everything. */
export async function runOnce(
  source: JobSource,
  to: number,
  inputs?: readonly unknown[],
): Promise<Told> {
  const runtime = runtimeOf();
  try {
    const job = await openJob(runtime, source);
    return await runTasks(job, 0, to, inputs, source.gridFiles);
  } finally {
    runtime.close();
  }
}

/** Lets time pass in the page: some tests are about nothing happening in it. */
export const pass = (ms: number) => new Promise<void>((go) => setTimeout(go, ms));

/** Looks until a condition holds; the test's own limit ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pass(5);
}

const grid = {
  runtimeOf,
  runtimeAt,
  programOf,
  openJob,
  runTasks,
  startTasks,
  codeOf,
  runOnce,
  checkResults,
  pass,
  until,
};
export type GridPage = typeof grid;
Object.assign(globalThis, { grid });
