import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFilesOf } from './command-files.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

const result = (files: Record<string, unknown>) => ({ code: 0, stdout: '', stderr: '', files });

test('[UI181] files of a WASI command are written below the folder of their task', async () => {
  const folder = join(scratchFolder(), '0');
  await writeFilesOf(result({ '/a/b.txt': 'häh', 'c.bin': { base64: '/wA=' } }), folder);
  expect(readFileSync(join(folder, 'a/b.txt'), 'utf8')).toBe('häh');
  expect([...readFileSync(join(folder, 'c.bin'))]).toEqual([255, 0]);
});

test('[UI181] no path leads out of the folder', async () => {
  const root = scratchFolder();
  const files = { '../up': 'x', '/a/../../up': 'x', 'a\\..\\up': 'x', 'C:up': 'x', '': 'x', ok: 7 };
  await writeFilesOf(result(files), join(root, '0'));
  expect(readdirSync(root)).toEqual([]);
});

test.each([null, 5, 'text', { files: { a: 'x' } }, { code: 0 }])(
  '[UI181] %j leaves no files',
  async (value) => {
    const root = scratchFolder();
    await writeFilesOf(value, join(root, '0'));
    expect(existsSync(join(root, '0'))).toBe(false);
  },
);
