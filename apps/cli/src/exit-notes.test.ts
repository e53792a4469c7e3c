import { expect, test } from 'vitest';
import { ExitNotes } from './exit-notes.ts';

const outcome = (code: number, stderr = '') => ({ code, stdout: '', stderr, files: {} });

function told(...values: readonly unknown[]): string[] {
  const lines: string[] = [];
  const notes = new ExitNotes({ err: (line) => lines.push(line) });
  values.forEach((value, index) => {
    notes.note(index, value);
  });
  return lines;
}

test('[UI183] a command that ended with another code than 0 is told with its last words', () => {
  expect(told(outcome(0, 'fine'), outcome(3, 'no such\nfile\u001b[2J\n'), outcome(1))).toEqual([
    'task 1 ended with code 3: no such\n  file [2J',
    'task 2 ended with code 1',
  ]);
});

test('[UI183] of many only the first ten, and of other values none', () => {
  expect(told(null, 5, { code: 7 }, { code: 'x', stdout: '', files: {} })).toEqual([]);
  expect(told(...Array.from({ length: 30 }, () => outcome(1)))).toHaveLength(11);
});
