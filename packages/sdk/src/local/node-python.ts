import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GridError } from '@manytabs/protocol';
import { PYTHON_NAMES, PYTHON_VERSION, type PythonFiles } from '@manytabs/runtime/node';
import { scriptOfModule } from './script-of-module.ts';

/** No address of a thread: nothing is fetched from it. */
const ADDRESS = '"python:/"';

/**
 * Python as the package `pyodide` brings it, which whoever wants it installs: most do without its 13 MB.
 * @throws {GridError} `infeasible`
 */
export async function nodePython(): Promise<PythonFiles> {
  const folder = pythonFolder();
  const read = (name: string) => readFile(join(folder, name));
  const [pyodide, asm, wasm, stdlib] = await Promise.all([
    read(PYTHON_NAMES.pyodide),
    read(PYTHON_NAMES.asm),
    read(PYTHON_NAMES.wasm),
    read(PYTHON_NAMES.stdlib),
  ]);
  return {
    pyodide: script(pyodide),
    asm: script(asm),
    wasm: new Blob([wasm]),
    stdlib: new Blob([stdlib]),
  };
}

function script(module: Uint8Array): Blob {
  const text = new TextDecoder().decode(module).replaceAll('import.meta.url', ADDRESS);
  return new Blob([scriptOfModule(new TextEncoder().encode(text)).slice()]);
}

/** Beside this package, or in the project that is run. */
function pythonFolder(): string {
  const places = [import.meta.url, pathToFileURL(join(process.cwd(), 'manytabs')).href];
  for (const place of places) {
    const path = found(place);
    if (path) return dirname(path);
  }
  const message = `Python on a local grid of Node needs a package: npm install pyodide@${PYTHON_VERSION}`;
  throw new GridError('infeasible', message);
}

function found(from: string): string | undefined {
  try {
    return createRequire(from).resolve('pyodide/package.json');
  } catch {
    return undefined;
  }
}
