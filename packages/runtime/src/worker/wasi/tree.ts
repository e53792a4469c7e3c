import { Directory, Inode, PreopenDirectory } from '@bjorn3/browser_wasi_shim';
import { GridError } from '@manytabs/protocol';
import { BOUNDS } from '../../shared/bounds.ts';
import { partsOf, Room, TaskFile, TaskFolder } from './files.ts';

/** Where a command keeps what it would go on from (docs/spec/runtime.md); it is no part of its result. */
const CHECKPOINT = '.checkpoint';

export interface Keeper {
  checkpoint(state: Uint8Array): void;
  restore(): unknown;
}

/**
 * The files of one task, in one root folder that relative paths begin in as well. Those of the job and of the input are
 * there; what the task makes or changes is its result.
 */
export class Tree {
  readonly #room = new Room();
  readonly #root: TaskFolder;
  readonly #isAbsolute: boolean;

  /** @throws {GridError} `input-invalid` for too many files, or a file where a folder is. */
  constructor(files: ReadonlyMap<string, Uint8Array>, keeper: Keeper) {
    restartNumbers();
    this.#root = new TaskFolder(this.#room);
    if (files.size > BOUNDS.WASI_FILES_MAX)
      throw new GridError('input-invalid', `A task has at most ${BOUNDS.WASI_FILES_MAX} files.`);
    const paths = [...files.keys()];
    this.#isAbsolute = paths.length > 0 && paths.every((path) => path.startsWith('/'));
    for (const [path, bytes] of files) this.#add(path, bytes);
    this.#watchCheckpoint(keeper);
  }

  #watchCheckpoint(keeper: Keeper): void {
    const keep = (file: TaskFile) => {
      file.onClosed = () => {
        if (file.isChanged) keeper.checkpoint(file.data.slice());
      };
    };
    this.#root.onMade = (path, file) => {
      if (partsOf(path).join('/') === CHECKPOINT) keep(file);
    };
    const kept = keeper.restore();
    if (!(kept instanceof Uint8Array)) return;
    const file = new TaskFile(this.#room, kept);
    keep(file);
    this.#root.contents.set(CHECKPOINT, file);
  }

  /** As WASI programs find it. */
  get preopened(): PreopenDirectory {
    const preopened = new PreopenDirectory('/', new Map());
    preopened.dir = this.#root;
    return preopened;
  }

  /** New and changed files by path, which begins with a slash where the paths of all given files do. */
  changed(): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    const prefix = this.#isAbsolute ? '/' : '';
    collect(this.#root, prefix, found);
    found.delete(prefix + CHECKPOINT);
    return found;
  }

  #add(path: string, bytes: Uint8Array): void {
    const names = partsOf(path);
    const name = names.pop();
    if (name === undefined || path.endsWith('/') || path.includes('\0'))
      throw new GridError('input-invalid', `"${path}" is no path of a file.`);
    const folder = names.reduce((parent, part) => this.#folderIn(parent, part, path), this.#root);
    if (folder.contents.get(name) instanceof Directory)
      throw new GridError('input-invalid', `"${path}" is a file and a folder.`);
    folder.contents.set(name, new TaskFile(this.#room, bytes));
  }

  #folderIn(parent: TaskFolder, name: string, path: string): TaskFolder {
    const found = parent.contents.get(name) ?? new TaskFolder(this.#room);
    if (!(found instanceof TaskFolder))
      throw new GridError('input-invalid', `"${path}" lies in what is a file.`);
    parent.contents.set(name, found);
    return found;
  }
}

function collect(folder: Directory, prefix: string, found: Map<string, Uint8Array>): void {
  for (const [name, entry] of folder.contents) {
    if (entry instanceof Directory) collect(entry, `${prefix}${name}/`, found);
    else if (entry instanceof TaskFile && entry.isChanged) found.set(prefix + name, entry.data);
  }
}

/** The library numbers files through; a program that reads the numbers must see the same ones in every execution. */
function restartNumbers(): void {
  (Inode as unknown as { next_ino: bigint }).next_ino = 1n;
}
