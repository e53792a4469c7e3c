import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { GridError } from '@manytabs/protocol';
import { storageError } from '../file-blobs.ts';
import { type ArchiveEntry, decodeEntry } from './entry.ts';
import { DIGEST_BYTES, ENTRY_BYTES_MAX, FORMAT, HEADING, LENGTH_BYTES } from './format.ts';

/**
 * Reads through a whole backup before anything of it is used.
 * @throws {GridError} `file-missing`, `backup-damaged`, `storage-newer`, `storage-failed`
 */
export async function verifyArchive(path: string): Promise<void> {
  const size = await sizeOf(path);
  await heading(path);
  const hash = createHash('sha256');
  for await (const chunk of chunks(path, 0, size - DIGEST_BYTES)) hash.update(chunk);
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks(path, size - DIGEST_BYTES, size)) parts.push(chunk);
  if (!hash.digest().equals(Buffer.concat(parts))) {
    throw damaged(`${path} is not what was written: it was cut short or changed.`);
  }
}

/** The entries of a verified backup, as they are asked for. @throws {GridError} `backup-damaged`, `storage-failed` */
export async function* readArchive(path: string): AsyncGenerator<ArchiveEntry> {
  const size = await sizeOf(path);
  const pieces = new Pieces(chunks(path, await heading(path), size - DIGEST_BYTES));
  for (let entries = 0; ; entries++) {
    const head = await pieces.take(LENGTH_BYTES);
    const length = new DataView(head.buffer, head.byteOffset).getUint32(0);
    if (length > ENTRY_BYTES_MAX) throw damaged(`An entry of ${path} is too large.`);
    const entry = decodeEntry(await pieces.take(length));
    if (entry.kind !== 'end') yield entry;
    else if (entry.entries === entries) return;
    else throw damaged(`${path} has ${entries} entries instead of ${entry.entries}.`);
  }
}

/** @returns where the entries begin */
async function heading(path: string): Promise<number> {
  const most = HEADING.length + 12;
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks(path, 0, most)) parts.push(chunk);
  const [line = ''] = Buffer.concat(parts).toString('latin1').split('\n');
  const format = /^manytabs backup (\d{1,9})$/.exec(line)?.[1];
  if (format === undefined) throw damaged(`${path} is no backup of a grid.`);
  if (Number(format) <= FORMAT) return line.length + 1;
  const known = `this program knows ${FORMAT}`;
  throw new GridError('storage-newer', `${path} has format ${format}; ${known}.`);
}

async function sizeOf(path: string): Promise<number> {
  try {
    const { size } = await stat(path);
    return Math.max(size, DIGEST_BYTES);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw storageError(cause);
    throw new GridError('file-missing', `There is no file ${path}.`, { cause });
  }
}

async function* chunks(path: string, from: number, to: number): AsyncGenerator<Uint8Array> {
  if (to <= from) return;
  try {
    const stream = createReadStream(path, { start: from, end: to - 1, highWaterMark: 1024 * 1024 });
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (cause) {
    throw storageError(cause);
  }
}

/** Bytes by the number, from chunks of any size. */
class Pieces {
  readonly #chunks: AsyncGenerator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();

  constructor(source: AsyncGenerator<Uint8Array>) {
    this.#chunks = source;
  }

  async take(count: number): Promise<Uint8Array> {
    const parts = [this.#held];
    let bytes = this.#held.length;
    while (bytes < count) {
      const { value, done } = await this.#chunks.next();
      if (done) throw damaged('The backup ends in the middle.');
      parts.push(value);
      bytes += value.length;
    }
    const [first = this.#held] = parts;
    const all = parts.length === 1 ? first : new Uint8Array(Buffer.concat(parts));
    this.#held = all.subarray(count);
    return all.subarray(0, count);
  }
}

function damaged(message: string): GridError {
  return new GridError('backup-damaged', message);
}
