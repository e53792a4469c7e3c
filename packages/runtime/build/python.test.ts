import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PYTHON_VERSION } from '../src/shared/python.ts';
import { pythonPackage } from './python.ts';

test('[RU85] the folder that may be kept for ever is named after the version in it', async () => {
  const { version } = JSON.parse(await readFile(join(pythonPackage(), 'package.json'), 'utf8'));
  expect(PYTHON_VERSION).toBe(version);
});
