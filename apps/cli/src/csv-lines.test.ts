import { GridError } from '@manytabs/protocol';
import { expect, test } from 'vitest';
import { CsvLines } from './csv-lines.ts';
import type { Row } from './row-sink.ts';

function row(index: number, value: unknown): Row {
  const trust = { votes: 2 };
  return { index, status: 'fulfilled', value, confidence: 1, trust } as unknown as Row;
}

function written(rows: readonly Row[]): string[] {
  const csv = new CsvLines();
  return [...rows.flatMap((one) => csv.take(one)), ...csv.end()];
}

test('[AC22] no cell of a CSV file is a formula', () => {
  const cells = ['=1+1', '+cmd|x', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("x","y")'];
  const lines = written([...cells.map((cell, n) => row(n, cell)), row(90, { '=evil': '=1' })]);
  for (const line of lines) {
    for (const cell of line.split(',')) {
      expect(cell.replace(/^"/, '')).not.toMatch(/^[=+\-@\t\r]/);
    }
  }
});

test('[AC22] numbers stay numbers, objects are spread, errors are told', () => {
  const error = new GridError('task-threw', 'no, not that');
  const failed = { index: 2, status: 'rejected', error, attempts: 1 } as unknown as Row;
  expect(written([row(0, { a: -1.5, b: 'x"y' }), row(1, { a: 2 }), failed])).toEqual([
    'index,status,votes,confidence,a,b,other,error',
    '0,fulfilled,2,1,-1.5,"x""y",,',
    '1,fulfilled,2,1,2,,,',
    '2,rejected,,,,,,"task-threw: no, not that"',
  ]);
});

test('[AC22] plain values are one column, and what comes late is not lost', () => {
  expect(written([row(0, 1), row(1, 'two')])).toEqual([
    'index,status,votes,confidence,value,error',
    '0,fulfilled,2,1,1,',
    '1,fulfilled,2,1,two,',
  ]);
  const many = Array.from({ length: 1_000 }, (_, n) => row(n, { a: n }));
  expect(written([...many, row(1_000, { late: 1 })]).at(-1)).toBe(
    '1000,fulfilled,2,1,,"{""late"":1}",',
  );
});
