import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFiles } from './read-files.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

test('[UI180] --file gives a local file under its own name or the one behind the equals sign', () => {
  const folder = scratchFolder();
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data/ref.fa'), 'ACGT');
  writeFileSync(join(folder, 'a=b'), 'x');
  const text = (given: readonly string[]) =>
    Object.entries(readFiles(given, folder)).map(([path, bytes]) => [
      path,
      new TextDecoder().decode(bytes),
    ]);
  expect(text(['data/ref.fa', 'a=b', 'data/ref.fa=/ref/r.fa'])).toEqual([
    ['ref.fa', 'ACGT'],
    ['a=b', 'x'],
    ['/ref/r.fa', 'ACGT'],
  ]);
});

test.each([
  [['none.txt'], 'file-missing'],
  [['data'], 'usage'],
  [['a', 'a'], 'usage'],
  [Array.from({ length: 65 }, () => 'a'), 'usage'],
])('[UI180] --file %j is refused: %s', (given, code) => {
  const folder = scratchFolder();
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'a'), 'x');
  expect(() => readFiles(given, folder)).toThrow(expect.objectContaining({ code }));
});
