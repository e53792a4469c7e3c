import { type ErrorCode, isErrorCode, LIMITS, Scanner } from '@manytabs/protocol';
import { BOUNDS } from '../shared/bounds.ts';
import type {
  Batch,
  Failure,
  FromWorker,
  Part,
  ReadRequest,
  Refusal,
  Talk,
} from '../shared/wire.ts';

// Reads what a worker says. Structured cloning made it plain data without getters, but every field of it is a claim.

type Fields = Record<string, unknown>;

/** Undefined for anything a worker of ours would not say. */
export function readMessage(data: unknown): FromWorker | undefined {
  if (!isFields(data)) return undefined;
  switch (data.type) {
    case 'up':
    case 'loaded':
    case 'held':
    case 'stopped':
    case 'rested':
      return { type: data.type };
    case 'refused':
      return readRefused(data.refusal);
    case 'talk':
      return isFields(data.talk) ? { type: 'talk', talk: readTalk(data.talk) } : undefined;
    case 'batch':
      return readBatch(data.batch);
    case 'read':
      return isFields(data.read) ? readRead(data.read) : undefined;
    default:
      return undefined;
  }
}

function readRead({ id, path, offset, length, call }: Fields): FromWorker | undefined {
  if (!isIndex(id) || !isIndex(offset) || !isIndex(length)) return undefined;
  if (typeof path !== 'string' || path.length > LIMITS.PATH_CHARS_MAX) return undefined;
  const read: ReadRequest = { id, path, offset, length };
  if (call === undefined) return { type: 'read', read };
  if (!(call instanceof Uint8Array) || call.length > LIMITS.TASK_SPACE_BYTES_MAX) return undefined;
  return { type: 'read', read: { ...read, call } };
}

function readRefused(refusal: unknown): FromWorker | undefined {
  if (!isFields(refusal)) return undefined;
  return { type: 'refused', refusal: readRefusal(refusal) };
}

function readRefusal(fields: Fields): Refusal {
  const code: ErrorCode = isErrorCode(fields.code) ? fields.code : 'task-threw';
  return { code, message: text(fields.message, BOUNDS.ERROR_CHARS_MAX) };
}

function readBatch(batch: unknown): FromWorker | undefined {
  if (!isFields(batch) || !isFields(batch.talk)) return undefined;
  const { from, to, values, failures } = batch;
  if (!isIndex(from) || !isIndex(to) || to <= from) return undefined;
  if (!(values instanceof Uint8Array) || !Array.isArray(failures)) return undefined;
  if (failures.length > to - from) return undefined;
  const read = readFailures(failures, from, to);
  if (!read) return undefined;
  const busyMs = millis(batch.busyMs);
  const talk = readTalk(batch.talk);
  return { type: 'batch', batch: { from, to, values, failures: read, busyMs, talk } };
}

/** In ascending order and inside `[from, to)`, or undefined. */
function readFailures(list: readonly unknown[], from: number, to: number): Failure[] | undefined {
  const failures: Failure[] = [];
  let next = from;
  for (const entry of list) {
    if (!isFields(entry) || !isIndex(entry.index)) return undefined;
    const index = entry.index;
    if (index < next || index >= to) return undefined;
    failures.push({ index, ...readRefusal(entry), busyMs: 0 });
    next = index + 1;
  }
  return failures;
}

function readTalk(talk: Fields): Talk {
  const progress = isFields(talk.progress) ? readProgress(talk.progress) : undefined;
  const preview = isFields(talk.preview) ? readPreview(talk.preview) : undefined;
  const checkpoint = isFields(talk.checkpoint) ? readCheckpoint(talk.checkpoint) : undefined;
  return {
    ...(progress && { progress }),
    ...(preview && { preview }),
    ...(checkpoint && { checkpoint }),
    logs: Array.isArray(talk.logs) ? readLogs(talk.logs) : [],
  };
}

function readProgress({ index, fraction, note }: Fields): Talk['progress'] {
  if (!isIndex(index) || typeof fraction !== 'number') return undefined;
  if (!(fraction >= 0 && fraction <= 1)) return undefined;
  return { index, fraction, note: text(note, BOUNDS.NOTE_CHARS_MAX) };
}

function readPreview({ index, width, height, rgba }: Fields): Talk['preview'] {
  if (!isIndex(index) || !isIndex(width) || !isIndex(height)) return undefined;
  if (!(rgba instanceof Uint8Array) || rgba.length > BOUNDS.PREVIEW_BYTES_MAX) return undefined;
  if (rgba.length === 0 || rgba.length !== width * height * 4) return undefined;
  return { index, width, height, rgba };
}

/** The state must be one whole value, for the task's next worker to read. */
function readCheckpoint({ index, state }: Fields): Talk['checkpoint'] {
  if (!isIndex(index) || !(state instanceof Uint8Array)) return undefined;
  if (state.length > LIMITS.CHECKPOINT_BYTES_MAX) return undefined;
  return skipValues(state, 0, 1, state.length) === state.length ? { index, state } : undefined;
}

function readLogs(list: readonly unknown[]): Talk['logs'] {
  const logs: { index: number; text: string }[] = [];
  for (const entry of list.slice(0, BOUNDS.LOGS_PER_MESSAGE_MAX)) {
    if (!isFields(entry) || !isIndex(entry.index)) continue;
    logs.push({ index: entry.index, text: text(entry.text, BOUNDS.LOG_CHARS_MAX) });
  }
  return logs;
}

/**
 * A batch cut at its failures. Every value is walked once, so that nothing but whole values of allowed size leaves the
 * sandbox; undefined if the bytes are not what the batch says.
 */
export function partsOf(batch: Batch, outputBytesMax: number): Part[] | undefined {
  const busyMs = batch.busyMs / (batch.to - batch.from);
  const parts: Part[] = [];
  let from = batch.from;
  let at = 0;
  for (const failure of [...batch.failures, undefined]) {
    const until = failure?.index ?? batch.to;
    const end = skipValues(batch.values, at, until - from, outputBytesMax);
    if (end === undefined) return undefined;
    if (until > from) parts.push(valuesPart(batch.values, at, end, from, until - from, busyMs));
    if (failure) parts.push({ kind: 'failure', ...failure, busyMs });
    from = until + 1;
    at = end;
  }
  return at === batch.values.length ? parts : undefined;
}

function valuesPart(
  bytes: Uint8Array,
  start: number,
  end: number,
  from: number,
  count: number,
  busyMs: number,
): Part {
  const values = bytes.slice(start, end);
  return { kind: 'values', from, count, values, busyMs: busyMs * count };
}

function skipValues(
  bytes: Uint8Array,
  start: number,
  count: number,
  bytesMax: number,
): number | undefined {
  let at = start;
  try {
    for (let i = 0; i < count; i++) {
      const end = isSmallInteger(bytes[at]) ? at + 1 : new Scanner(bytes, at).skip();
      if (end - at > bytesMax) return undefined;
      at = end;
    }
  } catch {
    // A value that is cut off, nested too deep or of too many parts: the batch as a whole is not what it says.
    return undefined;
  }
  return at;
}

function isSmallInteger(byte: number | undefined): boolean {
  return byte !== undefined && byte < 0x80;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function text(value: unknown, charsMax: number): string {
  return typeof value === 'string' ? value.slice(0, charsMax) : '';
}

function millis(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value < 1e9 ? value : 0;
}
