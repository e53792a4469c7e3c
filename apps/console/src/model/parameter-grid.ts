import { LIMITS } from '@manytabs/protocol';
import { lineError } from './rows-error.ts';

/** One parameter and the values it takes. */
export interface Parameter {
  readonly name: string;
  readonly values: readonly unknown[];
}

export type ParameterGrid = readonly Parameter[];

const PARAMETERS_MAX = 32;
const VALUES_MAX = 100_000;
const LINE = /^([\p{ID_Start}_$][\p{ID_Continue}$]*)\s*[:=]\s*(.+)$/u;
const SERIES = /^(linspace|logspace|range)\s*\(([^()]*)\)$/i;

/**
 * Reads lines such as `beta: 0.1, 0.2`, `gamma = linspace(0, 1, 11)`, `n: range(0, 10)`, `method: ["a", "b"]`; empty
 * lines and those that begin with `#` are skipped.
 * @throws {GridError} `input-invalid`, naming the line
 */
export function parseGrid(text: string): ParameterGrid {
  const grid: Parameter[] = [];
  text.split('\n').forEach((raw, n) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const parameter = parseLine(line, n + 1);
    if (grid.some(({ name }) => name === parameter.name)) {
      throw lineError(n + 1, `“${parameter.name}” was given before.`);
    }
    if (grid.length === PARAMETERS_MAX) {
      throw lineError(n + 1, `A grid has at most ${PARAMETERS_MAX} parameters.`);
    }
    grid.push(parameter);
  });
  if (gridSize(grid) > LIMITS.TASKS_PER_JOB_MAX)
    throw lineError(1, 'There are too many combinations.');
  return grid;
}

/** How many tasks it makes; 0 without parameters. */
export function gridSize(grid: ParameterGrid): number {
  if (grid.length === 0) return 0;
  return grid.reduce((product, { values }) => product * values.length, 1);
}

/** Every combination, the last parameter changing fastest. */
export function* combinations(grid: ParameterGrid): Generator<Readonly<Record<string, unknown>>> {
  const size = gridSize(grid);
  for (let index = 0; index < size; index++) yield combination(grid, index);
}

function combination(grid: ParameterGrid, index: number): Readonly<Record<string, unknown>> {
  const entries: [string, unknown][] = [];
  let rest = index;
  for (const { name, values } of [...grid].reverse()) {
    entries.unshift([name, values[rest % values.length]]);
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(entries);
}

function parseLine(line: string, n: number): Parameter {
  const [, name = '', given = ''] = LINE.exec(line) ?? [];
  if (name === '')
    throw lineError(n, 'write a name, a colon and values, such as “beta: 0.1, 0.2”.');
  const series = SERIES.exec(given);
  const values = series ? seriesOf(series, n) : listOf(given, n);
  if (values.length === 0) throw lineError(n, `“${name}” has no value.`);
  return { name, values };
}

function listOf(given: string, n: number): readonly unknown[] {
  const list = given.startsWith('[') ? given : `[${given}]`;
  try {
    return JSON.parse(list) as unknown[];
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw lineError(n, `values are JSON, words in double quotes (${why}).`);
  }
}

function seriesOf([, kind = '', inside = '']: RegExpExecArray, n: number): readonly number[] {
  const [from = NaN, to = NaN, third] = inside.split(',').map((part) => {
    return part.trim() === '' ? NaN : Number(part);
  });
  if (![from, to].every(Number.isFinite)) throw lineError(n, `${kind} takes numbers.`);
  switch (kind.toLowerCase()) {
    case 'range':
      return rangeOf(from, to, third ?? 1, n);
    case 'logspace':
      return spaced(from, to, third, n).map((exponent) => 10 ** exponent);
    default:
      return spaced(from, to, third, n);
  }
}

/** Ends included, as NumPy has it. */
function spaced(from: number, to: number, count: number | undefined, n: number): readonly number[] {
  if (count === undefined || !Number.isInteger(count) || count < 1 || count > VALUES_MAX) {
    throw lineError(n, `say how many, up to ${VALUES_MAX}: linspace(0, 1, 11).`);
  }
  if (count === 1) return [from];
  return Array.from({ length: count }, (_, i) => {
    return i === count - 1 ? to : from + ((to - from) * i) / (count - 1);
  });
}

/** The end not included, as Python has it. */
function rangeOf(from: number, to: number, step: number, n: number): readonly number[] {
  const count = Math.ceil((to - from) / step);
  if (!Number.isFinite(count) || count < 1 || count > VALUES_MAX) {
    throw lineError(
      n,
      `a range has from 1 to ${VALUES_MAX} values: range(0, 10) or range(0, 10, 2).`,
    );
  }
  return Array.from({ length: count }, (_, i) => from + i * step);
}
