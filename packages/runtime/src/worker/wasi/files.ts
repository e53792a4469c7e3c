import { Directory, File, OpenFile, wasi } from '@bjorn3/browser_wasi_shim';
import { GridError } from '@manytabs/protocol';
import { BOUNDS } from '../../shared/bounds.ts';

type OpenedFile = ReturnType<File['path_open']>;

/** What is left of the bytes that the files of a task may have together. */
export class Room {
  #left: number = BOUNDS.WASI_FILE_BYTES_MAX;

  /** Whether so many more bytes fit; they are taken then. A negative number gives room back. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/**
 * A file that grows by doubling: the library copies the whole file for every write at its end. `data` is what the
 * library reads.
 */
export class TaskFile extends File {
  readonly #room: Room;
  #buffer: Uint8Array<ArrayBuffer>;
  isChanged: boolean;
  /** Called when somebody who had it open has closed it. */
  onClosed: (() => void) | undefined;

  constructor(room: Room, bytes: Uint8Array | undefined) {
    super([]);
    this.#room = room;
    this.#buffer = bytes ? bytes.slice() : new Uint8Array();
    this.data = this.#buffer;
    this.isChanged = bytes === undefined;
    if (!room.take(this.#buffer.length)) throw tooLarge();
  }

  override path_open(oflags: number, _rights: bigint, flags: number): OpenedFile {
    if ((oflags & wasi.OFLAGS_TRUNC) !== 0) this.resize(0);
    const appends = (flags & wasi.FDFLAGS_APPEND) !== 0;
    return { ret: wasi.ERRNO_SUCCESS, fd_obj: new OpenTaskFile(this, appends) };
  }

  /** False where there is no room. */
  resize(size: number): boolean {
    const before = this.data.length;
    if (!this.#room.take(size - before)) return false;
    this.isChanged = true;
    if (size > this.#buffer.length) this.#grow(size);
    if (size < before) this.#buffer.fill(0, size, before);
    this.data = this.#buffer.subarray(0, size);
    return true;
  }

  write(bytes: Uint8Array, at: number): boolean {
    const end = at + bytes.length;
    if (end > this.data.length && !this.resize(end)) return false;
    this.isChanged = true;
    this.#buffer.set(bytes, at);
    return true;
  }

  #grow(size: number): void {
    const grown = new Uint8Array(Math.max(size, 2 * this.#buffer.length));
    grown.set(this.data);
    this.#buffer = grown;
  }
}

class OpenTaskFile extends OpenFile {
  readonly #file: TaskFile;
  readonly #appends: boolean;

  constructor(file: TaskFile, appends: boolean) {
    super(file);
    this.#file = file;
    this.#appends = appends;
  }

  override fd_write(data: Uint8Array): { ret: number; nwritten: number } {
    if (this.#appends) this.file_pos = this.#file.size;
    const written = this.fd_pwrite(data, this.file_pos);
    this.file_pos += BigInt(written.nwritten);
    return written;
  }

  override fd_pwrite(data: Uint8Array, offset: bigint): { ret: number; nwritten: number } {
    if (!this.#file.write(data, Number(offset))) return { ret: wasi.ERRNO_NOSPC, nwritten: 0 };
    return { ret: wasi.ERRNO_SUCCESS, nwritten: data.length };
  }

  override fd_close(): number {
    const closed = super.fd_close();
    this.#file.onClosed?.();
    return closed;
  }

  override fd_filestat_set_size(size: bigint): number {
    return this.#file.resize(Number(size)) ? wasi.ERRNO_SUCCESS : wasi.ERRNO_NOSPC;
  }

  override fd_allocate(offset: bigint, length: bigint): number {
    const size = Number(offset + length);
    if (size <= this.#file.data.length) return wasi.ERRNO_SUCCESS;
    return this.fd_filestat_set_size(BigInt(size));
  }
}

/** A folder whose new files are counted too. */
export class TaskFolder extends Directory {
  readonly #room: Room;
  /** Called for each new file below it, with its path from here. */
  onMade: ((path: string, file: TaskFile) => void) | undefined;

  constructor(room: Room) {
    super(new Map());
    this.#room = room;
  }

  override create_entry_for_path(
    path: string,
    isFolder: boolean,
  ): ReturnType<Directory['create_entry_for_path']> {
    const made = super.create_entry_for_path(path, isFolder);
    if (made.ret !== wasi.ERRNO_SUCCESS || !made.entry) return made;
    const entry = isFolder ? new TaskFolder(this.#room) : new TaskFile(this.#room, undefined);
    if (entry instanceof TaskFile) this.onMade?.(path, entry);
    this.#replace(path, entry);
    return { ret: made.ret, entry };
  }

  /** The library made a file of its own kind. */
  #replace(path: string, entry: TaskFile | TaskFolder): void {
    const names = partsOf(path);
    const name = names.pop() ?? '';
    names.reduce<Directory>(folderIn, this).contents.set(name, entry);
  }
}

function folderIn(folder: Directory, name: string): Directory {
  const found = folder.contents.get(name);
  return found instanceof Directory ? found : folder;
}

/** Names on the way, without `.` and with `..` followed. */
export function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts;
}

function tooLarge(): GridError {
  const mebibytes = BOUNDS.WASI_FILE_BYTES_MAX / 2 ** 20;
  return new GridError('input-invalid', `The task's files are over ${mebibytes} MiB together.`);
}
