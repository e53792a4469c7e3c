import { GridError } from '@manytabs/protocol';
import { PYTHON_NAMES } from '../shared/python.ts';
import type { PythonFiles } from '../shared/wire.ts';

/** Python's files, fetched once by this page when a first job needs them. The sandbox has no network of its own. */
export class PythonStore {
  readonly #folder: string;
  #files: Promise<PythonFiles> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws {GridError} `unreachable` */
  files(): Promise<PythonFiles> {
    this.#files ??= this.#fetchAll().catch((thrown: unknown) => {
      this.#files = undefined;
      throw thrown;
    });
    return this.#files;
  }

  async #fetchAll(): Promise<PythonFiles> {
    const { pyodide, asm, wasm, stdlib } = PYTHON_NAMES;
    const [script, module, binary, library] = await Promise.all(
      [pyodide, asm, wasm, stdlib].map((name) => this.#fetchOne(name)),
    );
    if (!script || !module || !binary || !library) throw absent(this.#folder);
    return { pyodide: script, asm: module, wasm: binary, stdlib: library };
  }

  async #fetchOne(name: string): Promise<Blob> {
    const response = await fetch(`${this.#folder}/${name}`).catch(() => undefined);
    if (!response?.ok) throw absent(name);
    return response.blob();
  }
}

function absent(name: string): GridError {
  return new GridError('unreachable', `Python cannot be fetched from the grid: ${name}.`);
}
