import { GridError } from '@manytabs/protocol';
import { checkSource } from 'manytabs';
import { expect, test } from 'vitest';
import { errorLine, freeNames, namePositions } from './free-names.ts';

function refusal(source: string): GridError {
  try {
    checkSource(source, { export: 'default' });
  } catch (thrown) {
    if (thrown instanceof GridError) return thrown;
  }
  throw new GridError('usage', 'the source was accepted');
}

test('[UI17] outside names are told by name and found in the source', () => {
  const source = 'export default (n) => n * scale + window.x + o.scale + scale;';
  const names = freeNames(refusal(source));
  expect(names).toEqual(['scale', 'window', 'o']);
  const found = namePositions(source, ['scale']);
  expect(found.map(({ from, to }) => source.slice(from, to))).toEqual(['scale', 'scale']);
  expect(found[1]?.from).toBe(source.lastIndexOf('scale'));
});

test('[UI17] spread is no property', () => {
  expect(namePositions('[...scale]', ['scale'])).toEqual([{ from: 4, to: 9 }]);
});

test('[UI17] a syntax error is told by its line', () => {
  expect(errorLine(refusal('export default (n) => {\n  return n +;\n};'))).toBe(2);
  expect(errorLine(new GridError('task-threw', 'x (3:1)'))).toBeUndefined();
});

test('[UI17] names also come from a message, and other errors have none', () => {
  expect(freeNames(new GridError('free-variable', "f uses 'scene'."))).toEqual(['scene']);
  expect(freeNames(new GridError('task-threw', "'x'"))).toEqual([]);
});
