import { expect, test } from 'vitest';
import { combinations, gridSize, parseGrid } from './parameter-grid.ts';

test('[UI227] a parameter takes a list or a series; every combination is an input', () => {
  const grid = parseGrid(
    '# a sweep\nbeta: 0.1, 0.2\n\nmethod = ["euler", "rk4"]\nn: range(0, 6, 2)',
  );
  expect(gridSize(grid)).toBe(12);
  const all = [...combinations(grid)];
  expect(all[0]).toEqual({ beta: 0.1, method: 'euler', n: 0 });
  expect(all[1]).toEqual({ beta: 0.1, method: 'euler', n: 2 });
  expect(all.at(-1)).toEqual({ beta: 0.2, method: 'rk4', n: 4 });
  expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(12);
});

test('[UI227] series have their ends as NumPy and Python have them', () => {
  const values = (line: string) => parseGrid(line)[0]?.values;
  expect(values('x: linspace(0, 1, 5)')).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(values('x: linspace(3, 9, 1)')).toEqual([3]);
  expect(values('x: logspace(0, 3, 4)')).toEqual([1, 10, 100, 1_000]);
  expect(values('x: range(5, 0, -2)')).toEqual([5, 3, 1]);
});

test.each([
  ['beta', 'Line 1: write a name'],
  ['a: 1\nb: x', 'Line 2: values are JSON'],
  ['a: 1\n\na: 2', 'Line 3: “a” was given before'],
  ['a: []', 'Line 1: “a” has no value'],
  ['a: linspace(0, 1)', 'Line 1: say how many'],
  ['a: linspace(0, 1, 1e9)', 'Line 1: say how many'],
  ['a: range(0, 10, 0)', 'Line 1: a range has'],
  ['a: range(10, 0)', 'Line 1: a range has'],
  ['a: range(3)', 'Line 1: range takes numbers'],
  ['a: range(, 4)', 'Line 1: range takes numbers'],
])('[UI227] %j is refused by its line', (text, why) => {
  expect(() => parseGrid(text)).toThrow(why);
});

test('[UI227] a product past the bound of a job is refused', () => {
  const lines = ['a', 'b', 'c'].map((name) => `${name}: range(0, 100000)`);
  expect(() => parseGrid(lines.join('\n'))).toThrow('too many combinations');
});
