import { TaskError, type TaskResult } from 'manytabs';
import { expect, test } from 'vitest';
import { CsvWriter, ndjsonLine } from './export.ts';

function fulfilled(index: number, value: unknown): TaskResult<unknown> {
  const trust = { votes: 2 };
  return { index, status: 'fulfilled', state: 'final', confidence: 0.997, value, trust };
}

function rejected(index: number): TaskResult<unknown> {
  const error = new TaskError('task-threw', '=HYPERLINK("http://x")', {
    index: 0,
    attempts: [],
    count: 1,
  });
  return { index, status: 'rejected', state: 'failed', error, attempts: 3 };
}

function csv(results: readonly TaskResult<unknown>[]): string {
  const writer = new CsvWriter();
  return results.map((result) => writer.write(result)).join('') + writer.end();
}

test('[UI13] NDJSON has one result a line, with its value or its error, and its trust', () => {
  expect(JSON.parse(ndjsonLine(fulfilled(3, { a: 1n })))).toEqual({
    index: 3,
    status: 'fulfilled',
    value: { a: '1' },
    trust: { votes: 2, confidence: 0.997 },
  });
  expect(JSON.parse(ndjsonLine(rejected(4)))).toEqual({
    index: 4,
    status: 'rejected',
    error: { code: 'task-threw', message: '=HYPERLINK("http://x")', attempts: 3 },
  });
  expect(ndjsonLine(fulfilled(0, 'a\nb')).split('\n')).toHaveLength(2);
});

test('[UI13] CSV spreads objects over columns and loses no key', () => {
  const late = fulfilled(1_001, { a: 5, late: '=1' });
  const many = Array.from({ length: 1_000 }, (_, i) => fulfilled(i, { a: i, b: 'x' }));
  const lines = csv([...many, late, fulfilled(1_002, 7)]).split('\r\n');
  expect(lines[0]).toBe('index,status,votes,confidence,a,b,other,error');
  expect(lines[1]).toBe('0,fulfilled,2,0.997,0,x,,');
  expect(lines[1_001]).toBe('1001,fulfilled,2,0.997,5,,"{""late"":""=1""}",');
  expect(lines[1_002]).toBe('1002,fulfilled,2,0.997,,,7,');
});

test('[UI12] a value or an error that starts a formula is written as text', () => {
  const lines = csv([fulfilled(0, '=cmd()'), rejected(1), fulfilled(2, -3)]).split('\r\n');
  expect(lines).toEqual([
    'index,status,votes,confidence,value,error',
    "0,fulfilled,2,0.997,'=cmd(),",
    '1,rejected,,,,"task-threw: =HYPERLINK(""http://x"")"',
    '2,fulfilled,2,0.997,-3,',
    '',
  ]);
});

test('[UI13] no result gives a header and no row', () => {
  expect(csv([])).toBe('index,status,votes,confidence,value,error\r\n');
});
