import {
  FileLayout,
  type FileManifest,
  GridError,
  type ShardId,
  shardId,
} from '@manytabs/protocol';
import { PART_BYTES_MAX } from '../../shard-tree.ts';
import type { Connection } from '../connection.ts';
import type { FileCallOptions, GetOptions, OpenFile } from './api.ts';
import { aborted, askFiles } from './file-calls.ts';
import { readWhole } from './read-whole.ts';

/** Shards on their way at a time: what bounds the memory of a reader. */
const AHEAD = 8;
const ID_BYTES = 32;

export async function openFile(
  connection: Connection,
  path: string,
  { signal }: FileCallOptions,
): Promise<GridFile> {
  const manifest = await askFiles<FileManifest>(connection, { op: 'open', path }, signal);
  return new GridFile(connection, manifest);
}

/** A version of a file as its reader has it: the ids of its shards, so that what comes can be verified. */
export class GridFile implements OpenFile {
  readonly #connection: Connection;
  readonly #manifest: FileManifest;
  readonly #layout: FileLayout;
  /** Answers of ids, by the number of their first. */
  readonly #ids = new Map<number, Promise<Uint8Array>>();

  constructor(connection: Connection, manifest: FileManifest) {
    this.#connection = connection;
    this.#manifest = manifest;
    this.#layout = new FileLayout(manifest.bytes, manifest.shardBytes, manifest.code);
  }

  get path(): string {
    return this.#manifest.path;
  }

  get bytes(): number {
    return this.#manifest.bytes;
  }

  get version(): number {
    return this.#manifest.version;
  }

  get contentType(): string {
    return this.#manifest.contentType;
  }

  async read(offset: number, length: number, options: FileCallOptions = {}): Promise<Uint8Array> {
    if (
      !Number.isSafeInteger(offset) ||
      !Number.isSafeInteger(length) ||
      offset < 0 ||
      length < 0
    ) {
      throw new GridError('input-invalid', 'A file is read from a whole number of bytes on.');
    }
    const to = Math.min(offset + length, this.bytes);
    if (offset >= to) return new Uint8Array(0);
    const { inline } = this.#manifest;
    if (inline) return inline.slice(offset, to);
    const bytes = new Uint8Array(to - offset);
    let at = 0;
    for await (const part of this.#parts(offset, to, options)) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  stream(options: GetOptions & { from?: number | undefined } = {}): ReadableStream<Uint8Array> {
    const { from = 0, onProgress } = options;
    const parts = this.chunks(from, options);
    let done = from;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const { value } = await parts.next();
          if (!value) return controller.close();
          done += value.length;
          onProgress?.({ bytes: done, total: this.bytes });
          controller.enqueue(value);
        },
        cancel: async () => void (await parts.return(undefined)),
      },
      { highWaterMark: 0 },
    );
  }

  async *chunks(from: number, options: FileCallOptions): AsyncGenerator<Uint8Array> {
    const { inline } = this.#manifest;
    if (from >= this.bytes) return;
    if (inline) yield inline.slice(from);
    else yield* this.#parts(from, this.bytes, options);
  }

  /** The bytes `[from, to)` shard by shard, some of them asked for ahead. */
  async *#parts(from: number, to: number, options: FileCallOptions): AsyncGenerator<Uint8Array> {
    const { shardBytes } = this.#manifest;
    const last = Math.floor((to - 1) / shardBytes);
    const coming: Promise<Uint8Array>[] = [];
    let next = Math.floor(from / shardBytes);
    while (next <= last || coming.length > 0) {
      while (next <= last && coming.length < AHEAD) {
        const start = next * shardBytes;
        const range = { from: Math.max(0, from - start), to: Math.min(shardBytes, to - start) };
        const part = this.#readShard(next++, range, options.signal);
        part.catch(() => {});
        coming.push(part);
      }
      if (options.signal?.aborted) throw aborted();
      yield (await coming.shift()) as Uint8Array;
    }
  }

  async #readShard(
    number: number,
    range: { from: number; to: number },
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const shard = await this.#idOf(this.#layout.pieceOf(number), signal);
    const { shardBytes, bytes } = this.#manifest;
    const size = Math.min(shardBytes, bytes - number * shardBytes);
    const isWhole = range.from === 0 && range.to >= size;
    return isWhole
      ? readWhole(this.#connection, shard, size, signal)
      : askFiles<Uint8Array>(
          this.#connection,
          { op: 'read', shard, ...range, ...this.#treeOf(number, range) },
          signal,
        );
  }

  /** Of the first shards, which is where most files end; those further on are had as a whole. */
  #treeOf(number: number, { from, to }: { from: number; to: number }): { tree?: Uint8Array } {
    const tree = this.#manifest.trees?.subarray(ID_BYTES * number, ID_BYTES * (number + 1));
    return tree?.length === ID_BYTES && to - from <= PART_BYTES_MAX ? { tree } : {};
  }

  async #idOf(piece: number, signal: AbortSignal | undefined): Promise<ShardId> {
    const { ids, root } = this.#manifest;
    const first =
      Math.floor((ID_BYTES * piece) / Math.max(1, ids.length)) * (ids.length / ID_BYTES);
    const page =
      first === 0
        ? ids
        : await (this.#ids.get(first) ??
            this.#keep(
              first,
              askFiles(this.#connection, { op: 'pieces', root, from: first }, signal),
            ));
    const at = ID_BYTES * (piece - first);
    return shardId(page.subarray(at, at + ID_BYTES));
  }

  #keep(first: number, page: Promise<Uint8Array>): Promise<Uint8Array> {
    this.#ids.set(first, page);
    page.catch(() => this.#ids.delete(first));
    return page;
  }
}
