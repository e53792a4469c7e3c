import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Served } from '@manytabs/browser/testing';
import { pythonPackage } from '../build/python.ts';
import { PYTHON_FOLDER, PYTHON_NAMES } from '../src/shared/python.ts';

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
