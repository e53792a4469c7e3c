import type {
  CodeScheme,
  Durability,
  FileCheck,
  FileEntry,
  FileHealth,
  FileStat,
  FilesUsage,
} from '@manytabs/protocol';

import type { FileInput } from '../../input-files.ts';

/** What may be put: bytes, text, a Blob or File of a page, or anything that gives bytes piece by piece. */
export type FileSource =
  | Uint8Array
  | ArrayBuffer
  | string
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>;

export interface FileProgress {
  /** Bytes that are safe, or were read. */
  readonly bytes: number;
  /** In all, where it is known. */
  readonly total: number | undefined;
}

export interface FileCallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface PutOptions extends FileCallOptions {
  /** `durable` unless said: the coordinator keeps a copy as well. `grid`, `cache`: tabs only. */
  readonly durability?: Durability | undefined;
  /** Copies on distinct volunteers: 2 unless said, 3 for `grid`, 1 for `cache`. */
  readonly replicas?: number | undefined;
  /** Reed-Solomon in place of copies. */
  readonly code?: CodeScheme | undefined;
  readonly contentType?: string | undefined;
  /** The version it replaces, 0 for none; `version-conflict` if another is there. */
  readonly expected?: number | undefined;
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
}

export interface GetOptions extends FileCallOptions {
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
}

export interface ListOptions extends FileCallOptions {
  /** Everything below the folder as well. */
  readonly recursive?: boolean | undefined;
  /** Folders alone. */
  readonly folders?: boolean | undefined;
}

/** One version of a file; what replaces it meanwhile is not seen here. */
export interface OpenFile {
  readonly path: string;
  readonly bytes: number;
  readonly version: number;
  readonly contentType: string;
  /** Fewer bytes at the end of the file. @throws {GridError} `file-lost`, `aborted` */
  read(offset: number, length: number, options?: FileCallOptions): Promise<Uint8Array>;
  stream(options?: GetOptions & { readonly from?: number | undefined }): ReadableStream<Uint8Array>;
}

/** The grid's file system. Paths begin with `/`; a path never says where its bytes are. */
export interface GridFiles {
  /** Whole and at once: until it resolves, the old version is there. */
  put(path: string, source: FileSource, options?: PutOptions): Promise<FileStat>;
  get(path: string, options?: GetOptions): Promise<Uint8Array>;
  open(path: string, options?: FileCallOptions): Promise<OpenFile>;
  /** A folder's entries, or what a pattern matches: `/in/*.csv`, `/in/**`. */
  list(path: string, options?: ListOptions): AsyncIterable<FileEntry>;
  /** Of a folder, only what its entry says. */
  stat(path: string, options?: FileCallOptions): Promise<FileStat | FileEntry>;
  /** Of up to 64 files at once; null for what is no file, and for files so large that only `stat` tells. */
  health(
    paths: readonly string[],
    options?: FileCallOptions,
  ): Promise<readonly (FileHealth | null)[]>;
  makeFolder(path: string, options?: FileCallOptions): Promise<FileEntry>;
  remove(
    path: string,
    options?: FileCallOptions & { recursive?: boolean; expected?: number },
  ): Promise<{ readonly removed: number; readonly bytes: number }>;
  move(
    from: string,
    to: string,
    options?: FileCallOptions & { replace?: boolean; expected?: number },
  ): Promise<FileEntry>;
  df(options?: FileCallOptions): Promise<FilesUsage>;
  /**
   * Inputs of a job: one for each file that the pattern matches, in the version it has now. The task gets
   * `{path, bytes, version, contentType}` and reads it with `ctx.files`.
   */
  inputs(pattern: string): AsyncIterable<FileInput>;
  /** Looks at every file. */
  check(options?: FileCallOptions): Promise<FileCheck>;
}

export type {
  CodeScheme,
  Durability,
  FileCheck,
  FileEntry,
  FileHealth,
  FileInput,
  FileStat,
  FilesUsage,
};
