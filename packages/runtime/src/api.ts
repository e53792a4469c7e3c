import type { ErrorCode, JobId, Program } from '@manytabs/protocol';

/** What the runtime tells of a run, in the order it happened. */
export interface RunListener {
  /** Results of `count` consecutive tasks from `from` on, encoded one after the other (a column). */
  onResults(from: number, count: number, values: Uint8Array, busyMs: number): void;
  onTaskFailed(index: number, code: ErrorCode, message: string, busyMs: number): void;
  onProgress(index: number, fraction: number, note: string): void;
  onLog(index: number, text: string): void;
  /** What a task would go on from in another worker, frame or tab: an encoded value. */
  onCheckpoint?(index: number, state: Uint8Array): void;
  onPreview(index: number, image: { width: number; height: number; rgba: Uint8Array }): void;
  /** Bytes of a file that an input of the run names, fewer at its end. */
  onRead?(path: string, offset: number, length: number): Promise<Uint8Array>;
  /** An encoded operation on what the tasks of the job share; gives an encoded answer. */
  onSpace?(operation: Uint8Array): Promise<Uint8Array>;
  /** Every task of the run was reported. Never after `kill`. */
  onEnd(): void;
}

export interface RunRequest {
  readonly from: number;
  readonly to: number;
  /** Encoded array of inputs whose first row is task `chunkFrom`; undefined for a range. */
  readonly chunk: Uint8Array | undefined;
  readonly chunkFrom: number;
  /** An encoded list of results of the tasks from `from` on: each is checked by the program, and true or false is told. */
  readonly check?: Uint8Array | undefined;
  /** Where one of the tasks goes on from. */
  readonly checkpoint?: { readonly index: number; readonly state: Uint8Array } | undefined;
}

export interface Run {
  /** Ends it at once; nothing more is heard of it. Twice does no harm. */
  kill(): void;
}

/** One job in one sandbox frame with its workers. */
export interface JobRunner {
  /** Starts on a free worker, or waits for one. */
  run(request: RunRequest, listener: RunListener): Run;
  /** Holds running tasks at their next chance, or kills and restarts them later; `false` goes on. */
  hold(held: boolean): void;
  close(): void;
}

export interface ProgramBytes {
  readonly module: Uint8Array;
  /** Bytes of each file of the program, by path, already verified. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Runs untrusted code. Adapters: the sandbox frame (browser). */
export interface Runtime {
  /**
   * Runs the probes of the self-test in a sandbox of its own.
   * @throws {GridError} `sandbox-refused`, naming the probe that got through or what the browser lacks.
   */
  selfTest(): Promise<void>;
  /**
   * Jobs of one `owner` with the same program may get the same sandbox, one after the other; without an owner a job's
   * sandbox is its own.
   * @throws {GridError} `syntax-error`, `export-missing`, `wasm-invalid`, `task-crashed`.
   */
  open(
    jobId: JobId,
    program: Program,
    bytes: ProgramBytes,
    owner?: string | undefined,
  ): Promise<JobRunner>;
  setWorkers(workers: number): void;
  /** The share of time, above 0 and up to 1, that each worker may compute; it rests between tasks to keep it. */
  setDuty(duty: number): void;
  close(): void;
}
