import { GridError, isErrorCode, LIMITS } from '@manytabs/protocol';
import { TRANSPORT_LIMITS } from './limits.ts';

/** First byte of every frame. */
export const FRAME = {
  /** The rest is a control message. */
  control: 1,
  /** Length of a bulk message (u32, big endian) and its first piece. */
  bulkStart: 2,
  /** The next piece of the bulk message under way. */
  bulkMore: 3,
  /** Bulk bytes the sender may send on top (u32). */
  credit: 4,
  /** Frame version (u8) and the first credit (u32): this end can take bulk. */
  ready: 5,
  /** Why the link closes: length of the code (u8), the code, a sentence. */
  bye: 6,
} as const;

export const FRAME_VERSION = 1;

export type Frame =
  | { readonly kind: 'control'; readonly message: Uint8Array }
  | { readonly kind: 'bulk-start'; readonly totalBytes: number; readonly piece: Uint8Array }
  | { readonly kind: 'bulk-more'; readonly piece: Uint8Array }
  | { readonly kind: 'credit'; readonly bytes: number }
  | { readonly kind: 'ready'; readonly version: number; readonly bytes: number }
  | { readonly kind: 'bye'; readonly reason: GridError };

export function controlFrame(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(message.length + 1);
  frame[0] = FRAME.control;
  frame.set(message, 1);
  return frame;
}

export function bulkStartFrame(totalBytes: number, piece: Uint8Array): Uint8Array {
  const frame = new Uint8Array(piece.length + 5);
  frame[0] = FRAME.bulkStart;
  writeUint32(frame, 1, totalBytes);
  frame.set(piece, 5);
  return frame;
}

export function bulkMoreFrame(piece: Uint8Array): Uint8Array {
  const frame = new Uint8Array(piece.length + 1);
  frame[0] = FRAME.bulkMore;
  frame.set(piece, 1);
  return frame;
}

export function creditFrame(bytes: number): Uint8Array {
  const frame = new Uint8Array(5);
  frame[0] = FRAME.credit;
  writeUint32(frame, 1, bytes);
  return frame;
}

export function readyFrame(bytes: number): Uint8Array {
  const frame = new Uint8Array(6);
  frame[0] = FRAME.ready;
  frame[1] = FRAME_VERSION;
  writeUint32(frame, 2, bytes);
  return frame;
}

export function byeFrame(reason: GridError): Uint8Array {
  const code = new TextEncoder().encode(reason.code);
  const text = reason.message.slice(0, TRANSPORT_LIMITS.BYE_TEXT_CHARS_MAX);
  const message = new TextEncoder().encode(text);
  const frame = new Uint8Array(2 + code.length + message.length);
  frame[0] = FRAME.bye;
  frame[1] = code.length;
  frame.set(code, 2);
  frame.set(message, 2 + code.length);
  return frame;
}

/** @throws {GridError} `frame-malformed`, `frame-too-large`. */
export function readFrame(bytes: Uint8Array): Frame {
  if (bytes.length > TRANSPORT_LIMITS.FRAME_BYTES_MAX) throw tooLarge('A frame', bytes.length);
  switch (bytes[0]) {
    case FRAME.control:
      return readControl(bytes);
    case FRAME.bulkStart:
      return readBulkStart(bytes);
    case FRAME.bulkMore:
      if (bytes.length < 2) throw malformed('A piece without bytes.');
      return { kind: 'bulk-more', piece: bytes.subarray(1) };
    case FRAME.credit:
      if (bytes.length !== 5) throw malformed('A credit frame has five bytes.');
      return { kind: 'credit', bytes: readUint32(bytes, 1) };
    case FRAME.ready:
      if (bytes.length !== 6) throw malformed('A ready frame has six bytes.');
      return { kind: 'ready', version: bytes[1] ?? 0, bytes: readUint32(bytes, 2) };
    case FRAME.bye:
      return { kind: 'bye', reason: readReason(bytes) };
    default:
      throw malformed(`There is no frame of kind ${bytes[0]}.`);
  }
}

/** True of a frame that carries (part of) a message, false of the transport's own. */
export function carriesMessage(bytes: Uint8Array): boolean {
  return bytes[0] === FRAME.control || bytes[0] === FRAME.bulkStart;
}

export function malformed(message: string): GridError {
  return new GridError('frame-malformed', message);
}

export function tooLarge(what: string, bytes: number): GridError {
  return new GridError('frame-too-large', `${what} of ${bytes} bytes is over the limit.`);
}

function readControl(bytes: Uint8Array): Frame {
  const message = bytes.subarray(1);
  if (message.length > LIMITS.CONTROL_BYTES_MAX) throw tooLarge('A message', message.length);
  return { kind: 'control', message };
}

function readBulkStart(bytes: Uint8Array): Frame {
  if (bytes.length < 5) throw malformed('A bulk message without its length.');
  const totalBytes = readUint32(bytes, 1);
  if (totalBytes > LIMITS.BULK_BYTES_MAX) throw tooLarge('A message', totalBytes);
  return { kind: 'bulk-start', totalBytes, piece: bytes.subarray(5) };
}

function readReason(bytes: Uint8Array): GridError {
  const codeEnd = 2 + (bytes[1] ?? 0);
  if (bytes.length < 2 || codeEnd > bytes.length) throw malformed('A bye frame is cut short.');
  const code = new TextDecoder().decode(bytes.subarray(2, codeEnd));
  const text = new TextDecoder().decode(bytes.subarray(codeEnd));
  const message = text.slice(0, TRANSPORT_LIMITS.BYE_TEXT_CHARS_MAX);
  return new GridError(isErrorCode(code) ? code : 'connection-lost', message);
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function readUint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
}
