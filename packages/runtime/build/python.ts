import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PYTHON_FOLDER, PYTHON_NAMES } from '../src/shared/python.ts';

/** Where npm has put Pyodide. */
export function pythonPackage(): string {
  return dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
}

/** Puts Python's files below the root of the pages, each beside itself in gzip. */
export async function copyPython(root: string): Promise<void> {
  const folder = join(root, PYTHON_FOLDER);
  await mkdir(folder, { recursive: true });
  await Promise.all(Object.values(PYTHON_NAMES).map((name) => copyOne(name, folder)));
}

async function copyOne(name: string, folder: string): Promise<void> {
  const bytes = await readFile(join(pythonPackage(), name));
  await writeFile(join(folder, name), bytes);
  await writeFile(join(folder, `${name}.gz`), await promisify(gzip)(bytes, { level: 6 }));
}
