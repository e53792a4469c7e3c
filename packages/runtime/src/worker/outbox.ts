import { encodeValue, GridError, LIMITS } from '@manytabs/protocol';
import { BOUNDS } from '../shared/bounds.ts';
import { textOf } from '../shared/text.ts';
import type { Failure, FromWorker, Preview, Talk } from '../shared/wire.ts';
import { ValueWriter } from './encode.ts';

export interface OutboxPorts {
  post(message: FromWorker, transfer: Transferable[]): void;
  now(): number;
}

interface TalkDraft {
  progress?: NonNullable<Talk['progress']>;
  preview?: NonNullable<Talk['preview']>;
  checkpoint?: NonNullable<Talk['checkpoint']>;
  logs: { index: number; text: string }[];
}

/** Collects what tasks return and say, and posts it in few messages. */
export class Outbox {
  readonly #ports: OutboxPorts;
  readonly #bytesMax: number;
  readonly #writer = new ValueWriter();
  #failures: Failure[] = [];
  #talk: TalkDraft = { logs: [] };
  #from = 0;
  #next = 0;
  #flushedAt = 0;
  #gapMs: number = BOUNDS.FLUSH_MS;
  #talkedAt = Number.NEGATIVE_INFINITY;
  #previewedAt = Number.NEGATIVE_INFINITY;
  #checkpointedAt = Number.NEGATIVE_INFINITY;
  #logsOfTask = 0;

  constructor(ports: OutboxPorts, outputBytesMax: number) {
    this.#ports = ports;
    this.#bytesMax = outputBytesMax;
  }

  begin(from: number): void {
    this.#from = this.#next = from;
    this.#flushedAt = this.#ports.now();
    this.#gapMs = BOUNDS.FLUSH_MS;
    this.#logsOfTask = 0;
  }

  /** Whether it is time to report: soon after a run began, less and less often after. */
  get isDue(): boolean {
    return this.#ports.now() - this.#flushedAt >= this.#gapMs;
  }

  /** The value of the next task. */
  succeed(value: unknown): void {
    const before = this.#writer.length;
    try {
      this.#write(value);
    } catch (thrown) {
      this.#writer.truncate(before);
      this.fail(thrown);
      return;
    }
    this.#advance();
    if (this.#writer.length >= BOUNDS.FLUSH_BYTES) this.flush();
  }

  /** The next task came to nothing. A GridError keeps its code. */
  fail(thrown: unknown): void {
    const code = thrown instanceof GridError ? thrown.code : 'task-threw';
    const message =
      thrown instanceof GridError
        ? thrown.message.slice(0, BOUNDS.ERROR_CHARS_MAX)
        : textOf(thrown);
    this.#failures.push({ index: this.#next, code, message, busyMs: 0 });
    this.#advance();
  }

  flush(): void {
    const now = this.#ports.now();
    if (this.#next > this.#from) this.#post(now);
    this.#flushedAt = now;
    this.#gapMs = Math.min(2 * this.#gapMs, BOUNDS.FLUSH_MS_MAX);
  }

  /** Time that passed while the worker was held is nobody's work. */
  skipTime(): void {
    this.#flushedAt = this.#ports.now();
  }

  /** A rest in the middle of a task is not its work. */
  forgive(ms: number): void {
    this.#flushedAt += ms;
  }

  log(index: number, text: string): void {
    if (++this.#logsOfTask > BOUNDS.LOGS_PER_TASK_MAX) return;
    if (this.#talk.logs.length >= BOUNDS.LOGS_PER_MESSAGE_MAX) return;
    this.#talk.logs.push({ index, text: text.slice(0, BOUNDS.LOG_CHARS_MAX) });
    this.#speak();
  }

  progress(index: number, fraction: number, note: string): void {
    const bounded = Math.min(1, Math.max(0, Number(fraction) || 0));
    const short = String(note).slice(0, BOUNDS.NOTE_CHARS_MAX);
    this.#talk.progress = { index, fraction: bounded, note: short };
    this.#speak();
  }

  preview(index: number, image: Preview): void {
    const now = this.#ports.now();
    if (now - this.#previewedAt < BOUNDS.PREVIEW_GAP_MS) return;
    const { width, height, rgba } = image;
    if (!(rgba instanceof Uint8Array) || rgba.length !== width * height * 4) return;
    if (rgba.length > BOUNDS.PREVIEW_BYTES_MAX) return;
    this.#previewedAt = now;
    this.#talk.preview = { index, width, height, rgba: rgba.slice() };
    this.#speak();
  }

  /** Leaves at once: the task may not come to another word. @throws {GridError} `output-too-large` */
  checkpoint(index: number, state: unknown): void {
    const now = this.#ports.now();
    if (now - this.#checkpointedAt < BOUNDS.CHECKPOINT_GAP_MS) return;
    const bytes = encodeValue(state);
    if (bytes.length > LIMITS.CHECKPOINT_BYTES_MAX) throw tooLarge(bytes.length);
    this.#checkpointedAt = now;
    this.#talk.checkpoint = { index, state: bytes };
    const { talk, transfer } = this.#takeTalk(now);
    this.#ports.post({ type: 'talk', talk }, transfer);
  }

  #write(value: unknown): void {
    if (value instanceof Uint8Array) this.#checkSize(value.length);
    const before = this.#writer.length;
    this.#writer.add(value);
    const length = this.#writer.length - before;
    this.#checkSize(length);
    if (before > 0 && length > BOUNDS.FLUSH_BYTES) this.#sendBefore(before);
  }

  /** A large value travels alone: what was collected before it leaves first. */
  #sendBefore(before: number): void {
    const all = this.#writer.take();
    this.#writer.append(all.subarray(0, before));
    this.flush();
    this.#writer.append(all.subarray(before));
  }

  #checkSize(length: number): void {
    if (length <= this.#bytesMax) return;
    throw new GridError(
      'output-too-large',
      `The task returned ${length} bytes; at most ${this.#bytesMax} are allowed.`,
    );
  }

  #advance(): void {
    this.#next++;
    this.#logsOfTask = 0;
  }

  #post(now: number): void {
    const values = this.#writer.take();
    const busyMs = now - this.#flushedAt;
    const { talk, transfer } = this.#takeTalk(now);
    const batch = {
      from: this.#from,
      to: this.#next,
      values,
      failures: this.#failures,
      busyMs,
      talk,
    };
    this.#from = this.#next;
    this.#failures = [];
    this.#ports.post({ type: 'batch', batch }, [values.buffer, ...transfer]);
  }

  /** Says what waits if the last word was long enough ago; else the next batch or the next word carries it. */
  #speak(): void {
    const now = this.#ports.now();
    if (now - this.#talkedAt < BOUNDS.PROGRESS_GAP_MS) return;
    const { talk, transfer } = this.#takeTalk(now);
    this.#ports.post({ type: 'talk', talk }, transfer);
  }

  #takeTalk(now: number): { talk: Talk; transfer: ArrayBuffer[] } {
    const talk = this.#talk;
    if (talk.progress && now - this.#talkedAt < BOUNDS.PROGRESS_GAP_MS) delete talk.progress;
    if (talk.progress || talk.preview || talk.logs.length > 0) this.#talkedAt = now;
    this.#talk = { logs: [] };
    const pixels = talk.preview?.rgba.buffer;
    return { talk, transfer: pixels instanceof ArrayBuffer ? [pixels] : [] };
  }
}

function tooLarge(bytes: number): GridError {
  const limit = LIMITS.CHECKPOINT_BYTES_MAX;
  return new GridError(
    'output-too-large',
    `A checkpoint of ${bytes} bytes was made; at most ${limit} are kept.`,
  );
}
