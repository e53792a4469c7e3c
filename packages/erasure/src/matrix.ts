import { assert } from '@manytabs/protocol';
import { invert, multiply } from './field.ts';

export type Matrix = readonly (readonly number[])[];

/**
 * The row of a parity piece: that of a Cauchy matrix, of which every square part can be inverted, so any `data` of the
 * pieces give all of them.
 */
export function parityRow(parity: number, data: number): number[] {
  return Array.from({ length: data }, (_, column) => invert((data + parity) ^ column));
}

/** The row of any piece of a stripe; data pieces are themselves. */
export function pieceRow(piece: number, data: number): number[] {
  if (piece >= data) return parityRow(piece - data, data);
  return Array.from({ length: data }, (_, column) => (column === piece ? 1 : 0));
}

/** Gauss and Jordan. */
export function inverse(matrix: Matrix): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...identityRow(i, size)]);
  for (let column = 0; column < size; column++) {
    const pivot = rows.findIndex((row, i) => i >= column && row[column] !== 0);
    assert(pivot >= 0, 'the rows are independent');
    [rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]];
    eliminate(rows, column);
  }
  return rows.map((row) => row.slice(size));
}

function eliminate(rows: number[][], column: number): void {
  const own = rows[column] as number[];
  const scale = invert(own[column] as number);
  own.forEach((element, i) => {
    own[i] = multiply(element, scale);
  });
  rows.forEach((row, r) => {
    const factor = row[column] as number;
    if (r === column || factor === 0) return;
    own.forEach((element, i) => {
      row[i] = (row[i] as number) ^ multiply(element, factor);
    });
  });
}

/** A row vector times a matrix. */
export function times(row: readonly number[], matrix: Matrix): number[] {
  return row.map((_, column) =>
    row.reduce((sum, element, i) => sum ^ multiply(element, matrix[i]?.[column] ?? 0), 0),
  );
}

function identityRow(at: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => (i === at ? 1 : 0));
}
