import type { InputFile } from '../input-file.ts';
import { fileAt, type Written } from '../task-files.ts';
import type { Pyodide } from './pyodide.ts';

/** The files that a script sees: those of its job and, where its input is a file of the grid, that one. */
export class ScriptFiles {
  /** Of the task that runs next. */
  own: InputFile | undefined;
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #written: Written;
  /** Where the one of the task before lies in the file system. */
  #mounted: string | undefined;

  constructor(files: ReadonlyMap<string, Uint8Array>, written: Written) {
    this.#files = files;
    this.#written = written;
  }

  find(path: string): Uint8Array | undefined {
    const { own } = this;
    const isOwn = own && (own.path === path || isBelow(path, own.path));
    return fileAt(this.#files, path) ?? (isOwn ? own.content : undefined);
  }

  paths(): string[] {
    return [...this.#files.keys(), ...(this.own ? [this.own.path] : [])];
  }

  write(path: string, bytes: Uint8Array): void {
    this.#written.add(path, bytes);
  }

  /** The files of the job, to be read. */
  mount(fs: Pyodide['FS']): void {
    this.#mounted = undefined;
    for (const [path, bytes] of this.#files) put(fs, absolute(path), bytes);
  }

  /** The file that the task's input is, in the place of the one before. */
  mountOwn(fs: Pyodide['FS']): void {
    if (this.#mounted !== undefined) fs.unlink(this.#mounted);
    this.#mounted = undefined;
    if (!this.own || fileAt(this.#files, this.own.path)) return;
    put(fs, this.own.path, this.own.content);
    this.#mounted = this.own.path;
  }
}

const JOB_INPUTS = '/job/in';

function isBelow(path: string, own: string): boolean {
  return path.startsWith(`${JOB_INPUTS}/`) && own.endsWith(path.slice(JOB_INPUTS.length));
}

function put(fs: Pyodide['FS'], path: string, bytes: Uint8Array): void {
  fs.mkdirTree(path.slice(0, path.lastIndexOf('/')) || '/');
  fs.writeFile(path, bytes, { canOwn: true });
  fs.chmod(path, 0o444);
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
