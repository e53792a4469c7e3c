import { expect, test } from 'vitest';
import { readTask } from './read-task.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

/** (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)) */
const ADD_WASM = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 7, 1, 96, 2, 127, 127, 1, 127, 3, 2, 1, 0, 7, 7, 1, 3, 97, 100,
  100, 0, 0, 10, 9, 1, 7, 0, 32, 0, 32, 1, 106, 11,
]);

function read(file: string, files: Record<string, string | Uint8Array>, name?: string) {
  return readTask(file, name, scratchFolder(files));
}

test('[UI76] TypeScript is sent as JavaScript together with what it imports', async () => {
  const task = await read('task.ts', {
    'task.ts': `import { twice } from './twice.ts';\nexport default (n: number): number => twice(n);`,
    'twice.ts': 'export function twice(n: number) { return 2 * n; }',
  });
  if (task.kind !== 'js') throw new TypeError('this is JavaScript');
  expect(task.export).toBe('default');
  const url = `data:text/javascript,${encodeURIComponent(task.source)}`;
  const loaded = (await import(/* @vite-ignore */ url)) as { default: (n: number) => number };
  expect(loaded.default(21)).toBe(42);
});

test.each([
  ['export default (n => {\n  return n +;\n});', 'syntax-error', 'task.js:2:13'],
  ["import x from './gone.js';\nexport default x;", 'module-unresolved', 'task.js:1:15'],
  ["import fs from 'node:fs';\nexport default () => fs;", 'module-unresolved', 'task.js:1:16'],
])('[UI76] %j is refused with %s at its place', async (source, code, place) => {
  await expect(read('task.js', { 'task.js': source })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(place),
  });
});

test('[UI77] the export is the one named, else the default, else the only one', async () => {
  const two = 'export const a = (n) => n; export const b = (n) => -n;';
  const files = { 'two.mjs': two, 'one.mjs': 'export const a = (n) => n;', 'add.wasm': ADD_WASM };
  expect((await read('two.mjs', files, 'b')).export).toBe('b');
  expect((await read('one.mjs', files)).export).toBe('a');
  expect((await read('add.wasm', files)).export).toBe('add');
  const missing = { code: 'export-missing', message: expect.stringContaining('a, b') };
  await expect(read('two.mjs', files)).rejects.toMatchObject(missing);
  await expect(read('two.mjs', files, 'c')).rejects.toMatchObject(missing);
  await expect(read('add.wasm', files, 'sub')).rejects.toMatchObject({ code: 'export-missing' });
});

test('a missing file, WASM that is none and other languages are refused', async () => {
  const files = { 'bad.wasm': 'not wasm', 'main.py': 'def other(x): ...', 'a.rb': '' };
  await expect(read('gone.ts', files)).rejects.toMatchObject({ code: 'file-missing' });
  await expect(read('bad.wasm', files)).rejects.toMatchObject({ code: 'wasm-invalid' });
  await expect(read('main.py', files)).rejects.toMatchObject({ code: 'export-missing' });
  await expect(read('a.rb', files)).rejects.toMatchObject({ code: 'usage' });
});

/** (module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))) (func (export "_start"))) */
const COMMAND = Uint8Array.from([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 2, 96, 1, 127, 0, 96, 0, 0, 2, 36, 1, 22],
  ...[...'wasi_snapshot_preview1'].map((char) => char.charCodeAt(0)),
  ...[9, ...[...'proc_exit'].map((char) => char.charCodeAt(0)), 0, 0],
  ...[3, 2, 1, 1, 7, 10, 1, 6, ...[...'_start'].map((char) => char.charCodeAt(0)), 0, 1],
  ...[10, 4, 1, 2, 0, 11],
]);

test('[UI76] a module that begins by itself is a WASI command, a .py file a script of Python', async () => {
  const files = { 'a.wasm': COMMAND, 'b.py': 'def main(x, ctx):\n  return x', 'c.wasm': COMMAND };
  files['c.wasm'] = COMMAND.slice();
  files['c.wasm'].set([0x0d, 0, 1, 0], 4);
  expect(await read('a.wasm', files)).toMatchObject({ kind: 'wasi', export: '_start' });
  expect(await read('b.py', files)).toMatchObject({ kind: 'python', export: 'main' });
  const component = { code: 'wasm-invalid', message: expect.stringContaining('preview 2') };
  await expect(read('c.wasm', files)).rejects.toMatchObject(component);
});
