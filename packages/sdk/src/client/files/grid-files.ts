import type {
  FileCheck,
  FileEntry,
  FileHealth,
  FileList,
  FileOp,
  FileStat,
  FilesUsage,
} from '@manytabs/protocol';
import type { FileInput } from '../../input-files.ts';
import type { Connection } from '../connection.ts';
import type {
  FileCallOptions,
  FileSource,
  GetOptions,
  GridFiles,
  ListOptions,
  OpenFile,
  PutOptions,
} from './api.ts';
import { askFiles } from './file-calls.ts';
import { fileInputs } from './file-inputs.ts';
import { openFile } from './open-file.ts';
import { putFile } from './put.ts';

/** The file system of a grid, over its connection. */
export class ConnectedFiles implements GridFiles {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  put(path: string, source: FileSource, options: PutOptions = {}): Promise<FileStat> {
    return putFile(this.#connection, path, source, options);
  }

  async get(path: string, options: GetOptions = {}): Promise<Uint8Array> {
    const file = await openFile(this.#connection, path, options);
    const bytes = new Uint8Array(file.bytes);
    let at = 0;
    for await (const chunk of file.chunks(0, options)) {
      bytes.set(chunk, at);
      at += chunk.length;
      options.onProgress?.({ bytes: at, total: file.bytes });
    }
    return bytes;
  }

  open(path: string, options: FileCallOptions = {}): Promise<OpenFile> {
    return openFile(this.#connection, path, options);
  }

  async *list(path: string, options: ListOptions = {}): AsyncGenerator<FileEntry> {
    const { recursive = false, folders } = options;
    const query = { op: 'list' as const, path, recursive, ...(folders ? { folders } : {}) };
    let after: string | undefined;
    do {
      const op: FileOp = after === undefined ? query : { ...query, after };
      const { entries, next } = await this.#ask<FileList>(op, options);
      yield* entries;
      after = next;
    } while (after !== undefined);
  }

  stat(path: string, options: FileCallOptions = {}): Promise<FileStat | FileEntry> {
    return this.#ask({ op: 'stat', path }, options);
  }

  health(paths: readonly string[], options: FileCallOptions = {}) {
    return this.#ask<readonly (FileHealth | null)[]>({ op: 'health', paths: [...paths] }, options);
  }

  makeFolder(path: string, options: FileCallOptions = {}): Promise<FileEntry> {
    return this.#ask({ op: 'make-folder', path }, options);
  }

  remove(
    path: string,
    options: FileCallOptions & { recursive?: boolean; expected?: number } = {},
  ): Promise<{ readonly removed: number; readonly bytes: number }> {
    const { recursive = false, expected } = options;
    return this.#ask({ op: 'remove', path, recursive, ...versionOf(expected) }, options);
  }

  move(
    from: string,
    to: string,
    options: FileCallOptions & { replace?: boolean; expected?: number } = {},
  ): Promise<FileEntry> {
    const { replace = false, expected } = options;
    return this.#ask({ op: 'move', from, to, replace, ...versionOf(expected) }, options);
  }

  df(options: FileCallOptions = {}): Promise<FilesUsage> {
    return this.#ask({ op: 'usage' }, options);
  }

  check(options: FileCallOptions = {}): Promise<FileCheck> {
    return this.#ask({ op: 'check' }, options);
  }

  inputs(pattern: string): AsyncIterable<FileInput> {
    return fileInputs(this.#connection, this, pattern);
  }

  #ask<T>(op: FileOp, { signal }: FileCallOptions): Promise<T> {
    return askFiles<T>(this.#connection, op, signal);
  }
}

function versionOf(expected: number | undefined): { expected?: number } {
  return expected === undefined ? {} : { expected };
}
