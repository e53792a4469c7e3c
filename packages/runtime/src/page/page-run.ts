import { assert, type ErrorCode } from '@manytabs/protocol';
import type { RunListener, RunRequest } from '../api.ts';
import type { Part, Talk, WorkOrder } from '../shared/wire.ts';

/** A run as the page keeps it: enough to go on with it in another frame. */
export class PageRun {
  readonly #request: RunRequest;
  readonly #listener: RunListener;
  #next: number;
  /** Whether a worker has it, so that a crash of the frame may be its doing. */
  isStarted = false;

  constructor(request: RunRequest, listener: RunListener) {
    assert(request.from < request.to, 'a run has tasks');
    this.#request = request;
    this.#listener = listener;
    this.#next = request.from;
  }

  get isDone(): boolean {
    return this.#next === this.#request.to;
  }

  /** What is left to do. */
  order(run: number): WorkOrder {
    const { to, chunk, chunkFrom } = this.#request;
    return { run, from: this.#next, to, chunk, chunkFrom };
  }

  hearParts(parts: readonly Part[]): void {
    for (const part of parts) this.#hearPart(part);
  }

  hearTalk({ progress, preview, logs }: Talk): void {
    const { onProgress, onPreview, onLog } = this.#listener;
    for (const { index, text } of logs) onLog.call(this.#listener, index, text);
    if (progress) onProgress.call(this.#listener, progress.index, progress.fraction, progress.note);
    if (preview) onPreview.call(this.#listener, preview.index, preview);
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

  #hearPart(part: Part): void {
    const from = part.kind === 'values' ? part.from : part.index;
    const count = part.kind === 'values' ? part.count : 1;
    assert(from === this.#next, 'tasks are reported in order and once');
    assert(from + count <= this.#request.to, 'only tasks of the run are reported');
    this.#next = from + count;
    if (part.kind === 'values') this.#listener.onResults(from, count, part.values, part.busyMs);
    else this.#listener.onTaskFailed(from, part.code, part.message, part.busyMs);
  }
}
