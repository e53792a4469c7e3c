import { GridError, LIMITS, outputPath, type WrittenFile } from '@manytabs/protocol';
import type { ReadAnswer, ReadRequest } from '../shared/wire.ts';
import { natives } from './natives.ts';

/** A file that a task reads piece by piece. */
export interface OpenTaskFile {
  /** Fewer bytes at the end of the file. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** `ctx.files`: what the job brought, what the task's input names on the grid, and what it leaves behind. */
export interface TaskFiles {
  read(path: string): Promise<Uint8Array>;
  open(path: string): OpenTaskFile;
  write(path: string, bytes: Uint8Array | string): Promise<void>;
}

/** Fewer than the frame takes. */
const CALLS_MAX = 32;

function tooLarge(): GridError {
  const most = LIMITS.SPACE_VALUE_BYTES_MAX;
  return new GridError('input-invalid', `A value that is shared has at most ${most} bytes.`);
}

interface Waiting {
  resolve(bytes: Uint8Array): void;
  reject(reason: GridError): void;
}

/** Asks the frame for bytes; answers come while the task waits. */
export class FileReads {
  readonly #waiting = new Map<number, Waiting>();
  #count = 0;

  ask(path: string, offset: number, length: number): Promise<Uint8Array> {
    return this.#send({ id: this.#count++, path, offset, length });
  }

  /** @throws {GridError} `input-invalid` for what is too large, `rate-limited` for too much at once */
  async call(call: Uint8Array): Promise<Uint8Array> {
    if (call.length > LIMITS.TASK_SPACE_BYTES_MAX) throw tooLarge();
    if (this.#waiting.size >= CALLS_MAX) {
      throw new GridError('rate-limited', `A task waits for at most ${CALLS_MAX} things.`);
    }
    return this.#send({ id: this.#count++, path: '', offset: 0, length: 0, call });
  }

  #send(read: ReadRequest): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(read.id, { resolve, reject });
      natives.post({ type: 'read', read });
    });
  }

  onAnswer({ id, bytes, refusal }: ReadAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (bytes) waiting?.resolve(bytes);
    else waiting?.reject(new GridError(refusal?.code ?? 'internal', refusal?.message ?? ''));
  }
}

/** What the task that runs now has written. */
export class Written {
  readonly #files = new Map<string, Uint8Array>();
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** @throws {GridError} `path-invalid`, `output-too-large` */
  add(path: string, bytes: Uint8Array): void {
    const name = outputPath(path);
    this.#bytes += bytes.length - (this.#files.get(name)?.length ?? 0);
    if (this.#bytes > this.#bytesMax || this.#files.size >= LIMITS.FILES_PER_JOB_MAX) {
      throw new GridError('output-too-large', 'The task writes more than its output may have.');
    }
    this.#files.set(name, bytes.slice());
  }

  take(): readonly WrittenFile[] {
    if (this.#files.size === 0) return NONE;
    const files = [...this.#files].map(([path, bytes]) => ({ path, bytes }));
    this.clear();
    return files;
  }

  clear(): void {
    this.#files.clear();
    this.#bytes = 0;
  }
}

const NONE: readonly WrittenFile[] = [];

/** Whoever gave the files may have begun their paths with a slash, or not; so may the task. */
export function fileAt<File>(files: ReadonlyMap<string, File>, path: string): File | undefined {
  return files.get(path) ?? files.get(path.startsWith('/') ? path.slice(1) : `/${path}`);
}

/** A file of the program is read once per worker and copied for each task, so that no task changes what another sees. */
export function taskFiles(
  files: ReadonlyMap<string, Blob>,
  reads: FileReads,
  written: Written,
): TaskFiles {
  const cached = new Map<string, Promise<ArrayBuffer>>();
  const own = async (path: string, blob: Blob) => {
    const bytes = cached.get(path) ?? natives.blobBytes.call(blob);
    cached.set(path, bytes);
    return new Uint8Array(await bytes);
  };
  const read = async (path: string, offset: number, length: number) => {
    const blob = fileAt(files, path);
    if (!blob) return reads.ask(path, offset, length);
    return (await own(path, blob)).slice(offset, offset + length);
  };
  return {
    read: (path) => read(path, 0, Number.MAX_SAFE_INTEGER),
    open: (path) => ({ read: (offset, length) => read(path, offset, length) }),
    write: async (path, bytes) =>
      written.add(path, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes),
  };
}
