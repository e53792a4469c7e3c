import { cursorsOf, moved, type RowCursor } from '../../row-cursor.ts';

/** What there is to read of a part, and whether more will come. */
export interface Readable {
  readonly rows: number;
  readonly isOver: boolean;
}

/** Which part of a job is to be read next, and from which row on: each row once, those of a part in their order. */
export class PartReader {
  #cursors: readonly number[];
  readonly #isOrdered: boolean;
  #last = -1;

  constructor(after: RowCursor, isOrdered: boolean) {
    this.#cursors = cursorsOf(after);
    this.#isOrdered = isOrdered;
  }

  cursor(part: number): number {
    return this.#cursors[part] ?? 0;
  }

  /** A part with rows that were not read. In order, none before those ahead of it are over. */
  next(parts: readonly Readable[]): number | undefined {
    const hasRows = ({ rows }: Readable, part: number) => this.cursor(part) < rows;
    if (this.#isOrdered) {
      const first = parts.findIndex((part, i) => hasRows(part, i) || !part.isOver);
      const found = parts[first];
      return found && hasRows(found, first) ? first : undefined;
    }
    const turns = parts.map((_, i) => (this.#last + 1 + i) % parts.length);
    return turns.find((part) => hasRows(parts[part] as Readable, part));
  }

  /** So many rows of the part were read; gives its cursor. */
  advance(part: number, rows: number): number {
    this.#last = part;
    this.#cursors = moved(this.#cursors, part, this.cursor(part) + rows);
    return this.cursor(part);
  }
}
