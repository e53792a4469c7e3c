import { existsSync } from 'node:fs';
import { LIMITS } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { readText } from './repository.ts';

const UNITS: Readonly<Record<string, number>> = {
  KiB: 1024,
  MiB: 1024 * 1024,
  s: 1000,
};

interface Row {
  readonly name: string;
  readonly value: number;
  readonly why: string;
  readonly atTheLimit: string;
}

function rows(): Row[] {
  const lines = readText('docs/LIMITS.md').matchAll(
    /^\| `([A-Z][A-Z_]+)` +\| ([\d,]+) ?(\w*) +\| (.*?) +\| (.*?) +\|$/gm,
  );
  return [...lines].map(([, name = '', digits = '', unit = '', why = '', atTheLimit = '']) => ({
    name,
    value: Number(digits.replaceAll(',', '')) * (unit === '' ? 1 : (UNITS[unit] ?? Number.NaN)),
    why,
    atTheLimit,
  }));
}

test('docs/LIMITS.md tells every limit of the protocol, in its order and with its value', () => {
  expect(rows().map(({ name, value }) => [name, value])).toEqual(Object.entries(LIMITS));
});

test('docs/LIMITS.md says of every limit why it is and what happens at it', () => {
  expect(rows().filter(({ why, atTheLimit }) => !why || !atTheLimit)).toEqual([]);
});

test('the files that docs/LIMITS.md names exist', () => {
  const paths = [...readText('docs/LIMITS.md').matchAll(/`((?:packages|scripts)\/[\w./-]+)`/g)];
  const missing = paths.map(([, path = '']) => path).filter((path) => !existsSync(path));
  expect(paths.length).toBeGreaterThan(5);
  expect(missing).toEqual([]);
});
