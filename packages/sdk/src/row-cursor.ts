/** How many rows of each part of a job; a number alone where they are all of the first part. */
export type RowCursor = number | number[];

export function cursorsOf(cursor: RowCursor): number[] {
  return typeof cursor === 'number' ? [cursor] : [...cursor];
}

export function cursorOf(cursors: readonly number[]): RowCursor {
  return cursors.length > 1 ? [...cursors] : (cursors[0] ?? 0);
}

/** The same with another number for one part. */
export function moved(cursors: readonly number[], part: number, to: number): number[] {
  const length = Math.max(cursors.length, part + 1);
  return Array.from({ length }, (_, i) => (i === part ? to : (cursors[i] ?? 0)));
}
