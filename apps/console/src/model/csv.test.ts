import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvCell, csvLine, parseCsv } from './csv.ts';

function errorOf(text: string): string {
  try {
    parseCsv(text);
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  return 'no error';
}

test('[UI10] CSV is read by its header, quotes, commas and line ends in cells included', () => {
  const text = '\uFEFFname,note\r\nada,"a ""b"", c"\nbob,"two\nlines"\n\n';
  expect(parseCsv(text)).toEqual([
    { name: 'ada', note: 'a "b", c' },
    { name: 'bob', note: 'two\nlines' },
  ]);
  expect(parseCsv('')).toEqual([]);
});

test('[UI10] a column called __proto__ is a column', () => {
  const [row] = parseCsv('__proto__\nx\n');
  expect(Object.keys(row ?? {})).toEqual(['__proto__']);
});

test.each([
  ['a,b\n1\n', 'Line 2: it has 1 cells, the header has 2.'],
  ['a,b\n"x\ny",1\n1,2,3\n', 'Line 4: it has 3 cells, the header has 2.'],
  ['a\n"never\nends', 'Line 2: a quoted cell never ends.'],
  ['a\n"x"y\n', 'Line 2: a quoted cell is followed by other text.'],
  ['a,a\n', 'Line 1: the header names “a” twice.'],
  ['a,\n1,2', 'Line 1: a column of the header has no name.'],
])('[UI11] what is wrong in a CSV file is told by its line: %j', (text, message) => {
  expect(errorOf(text)).toBe(message);
});

test.each([
  ['=1+1', "'=1+1"],
  ['+cmd', "'+cmd"],
  ['-cmd', "'-cmd"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  ['-5.2e3', '-5.2e3'],
  ['+7', '+7'],
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "x"', '"say ""x"""'],
])('[UI12] a cell that a spreadsheet would run is written as text: %j', (text, cell) => {
  expect(csvCell(text)).toBe(cell);
});

test('[UI12] no text makes a cell that starts a formula, and all text is read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const [row] = parseCsv(`value,end\r\n${csvLine([text, 'x'])}`);
      const value = row?.value ?? '';
      expect(value === text || value === `'${text}`).toBe(true);
      if (/^[=+\-@\t\r]/.test(value)) expect(Number.isNaN(Number(value))).toBe(false);
    }),
  );
});
