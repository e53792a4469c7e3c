import { GridError } from '@manytabs/protocol';
import type { FileSource } from './api.ts';

/** How many bytes there will be, where that is known beforehand. */
export function sizeOf(source: FileSource): number | undefined {
  if (typeof source === 'string') return new TextEncoder().encode(source).length;
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return source.byteLength;
  return isBlob(source) ? source.size : undefined;
}

/** The bytes in pieces of `size`, the last one shorter; read only as fast as they are taken. */
export async function* cut(source: FileSource, size: number): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) return yield* slices(source, size);
  let piece = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of chunksOf(source)) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + size - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < size) continue;
      yield piece;
      piece = new Uint8Array(size);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

function* slices(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* chunksOf(source: FileSource): AsyncGenerator<Uint8Array> {
  if (typeof source === 'string') return yield new TextEncoder().encode(source);
  if (source instanceof ArrayBuffer) return yield new Uint8Array(source);
  if (source instanceof Uint8Array) return yield source;
  const stream = isBlob(source) ? source.stream() : source;
  for await (const chunk of iterable(stream)) {
    if (chunk instanceof Uint8Array) yield chunk;
    else throw new GridError('input-invalid', 'A file is made of Uint8Arrays.');
  }
}

/** Not every browser can iterate its streams. */
function iterable(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return 'getReader' in stream ? readAll(stream) : stream;
}

async function* readAll(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function isBlob(source: FileSource): source is Blob {
  return typeof Blob !== 'undefined' && source instanceof Blob;
}
