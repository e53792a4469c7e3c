import type { Check, Determinism, ErrorCode, Module } from '@manytabs/protocol';
import type { WasmPlan } from '../wasm/plan.ts';

// What the frame and its workers say to each other, and the frame to the page. The worker's words are hostile: its
// realm is shared with the task. frame/check.ts reads them.

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** Python as its package brings it. */
export interface PythonFiles {
  /** Scripts. */
  readonly pyodide: Blob;
  readonly asm: Blob;
  readonly wasm: Blob;
  readonly stdlib: Blob;
}

/** The same for a worker: compiled once. */
export interface PythonLoader extends Omit<PythonFiles, 'wasm'> {
  readonly wasm: WebAssembly.Module;
}

/** A job as the page hands it to the frame. */
export interface FrameProgram {
  readonly kind: Module['kind'];
  /** Where the job is Python. */
  readonly python: PythonFiles | undefined;
  readonly module: Uint8Array;
  readonly export: string;
  readonly check: Check | undefined;
  readonly args: Uint8Array;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly seed: number;
  readonly rangeFrom: number | undefined;
  readonly timeoutMs: number;
  readonly outputBytesMax: number;
  readonly determinism: Determinism | undefined;
  /** What the job says a task needs. */
  readonly memoryMB: number | undefined;
}

/** A job as the frame hands it to a worker. */
export interface WorkerProgram {
  readonly code:
    | {
        readonly kind: 'js';
        readonly source: Uint8Array;
        readonly export: string;
        readonly check: Check | undefined;
      }
    | { readonly kind: 'wasm'; readonly module: WebAssembly.Module; readonly plan: WasmPlan }
    | { readonly kind: 'wasi'; readonly module: WebAssembly.Module }
    | {
        readonly kind: 'python';
        readonly source: Uint8Array;
        readonly export: string;
        readonly loader: PythonLoader;
      };
  readonly args: Uint8Array;
  readonly files: ReadonlyMap<string, Blob>;
  readonly seed: number;
  readonly rangeFrom: number | undefined;
  readonly outputBytesMax: number;
  readonly determinism: Determinism | undefined;
}

/** What a task kept of its work: an encoded value. */
export interface Checkpoint {
  readonly index: number;
  readonly state: Uint8Array;
}

export interface WorkOrder {
  readonly run: number;
  readonly from: number;
  readonly to: number;
  readonly chunk: Uint8Array | undefined;
  readonly chunkFrom: number;
  /** An encoded list of results of the tasks from `from` on, which are checked and not run. */
  readonly asked?: { readonly from: number; readonly results: Uint8Array } | undefined;
  /** Where one of its tasks goes on from. */
  readonly checkpoint?: Checkpoint | undefined;
  /** One of its tasks may have ended a frame: they run one at a time. */
  readonly isSuspect?: boolean | undefined;
}

/** `kept`: the chunk of the order before. */
export interface WorkerOrder extends Omit<WorkOrder, 'chunk'> {
  readonly chunk: Uint8Array | 'kept' | undefined;
}

export type ToWorker =
  | { readonly type: 'load'; readonly program: WorkerProgram }
  | { readonly type: 'work'; readonly order: WorkerOrder }
  | { readonly type: 'hold' }
  | { readonly type: 'go' }
  | { readonly type: 'read-done'; readonly answer: ReadAnswer }
  | { readonly type: 'duty'; readonly duty: number }
  | { readonly type: 'stop' };

export interface Failure extends Refusal {
  readonly index: number;
  readonly busyMs: number;
}

export interface Preview {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** What tasks said by the way, since the last message. */
export interface Talk {
  readonly progress?: { readonly index: number; readonly fraction: number; readonly note: string };
  readonly preview?: Preview & { readonly index: number };
  readonly checkpoint?: Checkpoint;
  readonly logs: readonly { readonly index: number; readonly text: string }[];
}

/** The tasks `[from, to)`: values of those not named in `failures`, one after the other. */
export interface Batch {
  readonly from: number;
  readonly to: number;
  readonly values: Uint8Array;
  readonly failures: readonly Failure[];
  readonly busyMs: number;
  readonly talk: Talk;
}

/** A task wants bytes of a file that its input names, or (`call`) something of the space. */
export interface ReadRequest {
  readonly id: number;
  readonly call?: Uint8Array | undefined;
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

export interface ReadAnswer {
  readonly id: number;
  readonly bytes?: Uint8Array | undefined;
  readonly refusal?: Refusal | undefined;
}

export type FromWorker =
  | { readonly type: 'read'; readonly read: ReadRequest }
  | { readonly type: 'up' }
  | { readonly type: 'loaded' }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'batch'; readonly batch: Batch }
  | { readonly type: 'talk'; readonly talk: Talk }
  | { readonly type: 'held' }
  | { readonly type: 'stopped' }
  /** It has come to rest after an order: nothing of a task keeps it busy. */
  | { readonly type: 'rested' };

/** Consecutive tasks with one fate. */
export type Part =
  | {
      readonly kind: 'values';
      readonly from: number;
      readonly count: number;
      readonly values: Uint8Array;
      readonly busyMs: number;
    }
  | ({ readonly kind: 'failure' } & Failure);

export type FrameEvent =
  | { readonly type: 'pong' }
  | { readonly type: 'started'; readonly run: number }
  | { readonly type: 'parts'; readonly run: number; readonly parts: readonly Part[] }
  | { readonly type: 'talk'; readonly run: number; readonly talk: Talk }
  | { readonly type: 'read'; readonly run: number; readonly read: ReadRequest };

/** What the page may ask of a frame, over Comlink. */
export interface FrameApi {
  setWorkers(workers: number): void;
  setDuty(duty: number): void;
  /** Undefined once the first worker has loaded the module. */
  open(program: FrameProgram): Promise<Refusal | undefined>;
  run(order: WorkOrder): void;
  kill(run: number): void;
  /** Answers a `read` of the run. */
  answer(run: number, answer: ReadAnswer): void;
  hold(held: boolean): Promise<boolean>;
}

/** What a thread's last word is where its heap was full; a browser's worker has none. */
export const OUT_OF_MEMORY = 'out of memory';

/** The frame's first and only window message; it carries the port of commands and the port of events. */
export const READY = 'manytabs-sandbox-ready';
