import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pythonPackage } from '../build/python.ts';
import { PYTHON_FOLDER, PYTHON_NAMES } from '../src/shared/python.ts';
import type { Served } from './browser.ts';

/** Python's files as the grid's server has them. */
export async function pythonServed(): Promise<Record<string, Served>> {
  const served: Record<string, Served> = {};
  for (const name of Object.values(PYTHON_NAMES))
    served[`/${PYTHON_FOLDER}/${name}`] = {
      type: 'application/octet-stream',
      body: await readFile(join(pythonPackage(), name)),
    };
  return served;
}
