import { assert, type ErrorCode, GridError, LIMITS, toGridError } from '@manytabs/protocol';
import type { RunListener, RunRequest } from '../api.ts';
import { BOUNDS } from '../shared/bounds.ts';
import type { Checkpoint, Part, ReadAnswer, ReadRequest, Talk, WorkOrder } from '../shared/wire.ts';

/** A run as the page keeps it: enough to go on with it in another frame. */
export class PageRun {
  readonly #request: RunRequest;
  readonly #listener: RunListener;
  #next: number;
  #checkpoint: Checkpoint | undefined;
  /** Whether a worker has it, so that a crash of the frame may be its doing. */
  isStarted = false;
  /** One of its tasks may have ended a frame. */
  #isSuspect = false;
  #suspectBusyMs = 0;

  constructor(request: RunRequest, listener: RunListener) {
    const count = request.to - request.from;
    assert(count > 0 && count <= LIMITS.BUNDLE_TASKS_MAX, 'a run is one bundle of tasks');
    this.#request = request;
    this.#listener = listener;
    this.#next = request.from;
    this.#checkpoint = request.checkpoint;
  }

  get isDone(): boolean {
    return this.#next === this.#request.to;
  }

  get isSuspect(): boolean {
    return this.#isSuspect;
  }

  /** Whether it is certain which of its tasks a worker had. */
  get isExact(): boolean {
    return this.#isSuspect || this.#next + 1 === this.#request.to;
  }

  suspect(): void {
    this.#isSuspect = true;
    this.#suspectBusyMs = 0;
  }

  /** What is left to do. */
  order(run: number): WorkOrder {
    const { to, chunk, chunkFrom, check } = this.#request;
    const asked = check && { from: this.#request.from, results: check };
    const place = { run, from: this.#next, to, chunk, chunkFrom, asked };
    return { ...place, checkpoint: this.#checkpoint, isSuspect: this.#isSuspect };
  }

  /** False at parts that are not the next ones of this run: the frame is not what it was. */
  hearParts(parts: readonly Part[]): boolean {
    return parts.every((part) => this.#hearPart(part));
  }

  hearTalk({ progress, preview, checkpoint, logs }: Talk): void {
    const listener = this.#listener;
    if (checkpoint) this.#hearCheckpoint(checkpoint);
    for (const { index, text } of logs) listener.onLog(index, text);
    if (progress) listener.onProgress(progress.index, progress.fraction, progress.note);
    if (preview) listener.onPreview(preview.index, preview);
  }

  #hearCheckpoint(checkpoint: Checkpoint): void {
    const { index, state } = checkpoint;
    if (index < this.#next || index >= this.#request.to) return;
    this.#checkpoint = checkpoint;
    this.#listener.onCheckpoint?.(index, state);
  }

  /** Answers what the task asked for; what goes wrong is the task's to deal with. */
  async read({ id, path, offset, length, call }: ReadRequest): Promise<ReadAnswer> {
    try {
      if (call) return { id, bytes: await this.#callSpace(call) };
      const bytes = await this.#listener.onRead?.(path, offset, length);
      if (bytes) return { id, bytes };
      const message = `The job has no file "${path.slice(0, 200)}".`;
      return { id, refusal: { code: 'file-missing', message } };
    } catch (thrown) {
      const { code, message } = toGridError(thrown, 'shard-missing');
      return { id, refusal: { code, message: message.slice(0, 500) } };
    }
  }

  #callSpace(call: Uint8Array): Promise<Uint8Array> {
    const { onSpace } = this.#listener;
    if (onSpace) return onSpace(call);
    throw new GridError('space-refused', 'This grid shares nothing among tasks.');
  }

  /** The next task has failed. */
  fail(code: ErrorCode, message: string): void {
    this.#hearPart({ kind: 'failure', index: this.#next, code, message, busyMs: 0 });
  }

  failRest(code: ErrorCode, message: string): void {
    while (!this.isDone) this.fail(code, message);
  }

  end(): void {
    this.#listener.onEnd();
  }

  #hearPart(part: Part): boolean {
    const from = part.kind === 'values' ? part.from : part.index;
    const to = part.kind === 'values' ? from + part.count : from + 1;
    if (from !== this.#next || !(to > from && to <= this.#request.to)) return false;
    this.#next = to;
    this.#suspectBusyMs += part.busyMs;
    // More than a worker ever does without a report: the guilty task would have been among it.
    if (this.#suspectBusyMs > BOUNDS.SUSPECT_BUSY_MS) this.#isSuspect = false;
    if (part.kind === 'values')
      this.#listener.onResults(from, part.count, part.values, part.busyMs);
    else this.#listener.onTaskFailed(from, part.code, part.message, part.busyMs);
    return true;
  }
}
