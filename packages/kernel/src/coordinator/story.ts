import { type LeaseId, LIMITS, type StoryRow, type VolunteerId } from '@manytabs/protocol';
import { Ring } from './ring.ts';

const ROWS_MAX = 4_096;

/** Something that happened to the tasks `[from, to)`. */
export interface Happening {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly cause: string;
  readonly what:
    | 'assigned'
    | 'speculated'
    | 'reported'
    | 'failed-once'
    | 'lost'
    | 'disagreed'
    | 'final'
    | 'failed';
  readonly who?: VolunteerId | undefined;
  readonly lease?: LeaseId | undefined;
  readonly detail?: string | undefined;
}

/** The newest happenings of a job, one row a bundle or span whatever its size; texts are made when somebody reads. */
export class Story {
  readonly #rows = new Ring<Happening>(ROWS_MAX);

  add(happening: Happening): void {
    this.#rows.add(happening);
  }

  of(index: number): StoryRow[] {
    const rows = this.#rows.toArray().filter((row) => row.from <= index && index < row.to);
    return rows.slice(-LIMITS.STORY_ROWS_MAX).map(toRow);
  }

  /** The newest rows of all tasks, for the report of a broken promise. */
  tail(): string {
    const rows = this.#rows.toArray().slice(-20);
    return rows.map((row) => `${row.at} [${row.from}, ${row.to}) ${toRow(row).text}`).join('\n');
  }
}

function toRow(row: Happening): StoryRow {
  return { at: row.at, cause: row.cause, text: textOf(row) };
}

function textOf(row: Happening): string {
  const who = row.who ?? 'nobody';
  switch (row.what) {
    case 'assigned':
      return `given to ${who} under lease ${row.lease}, with the tasks ${row.from} to ${row.to - 1}`;
    case 'speculated':
      return `given to ${who} as well under lease ${row.lease}, because a copy is slow`;
    case 'reported':
      return `${who} reported a result under lease ${row.lease}`;
    case 'failed-once':
      return `${who} reported an error: ${row.detail}`;
    case 'lost':
      return `the copy of ${who} under lease ${row.lease} is gone: ${row.detail}`;
    case 'disagreed':
      return `volunteers disagreed; wrong: ${row.detail}`;
    case 'final':
      return `final: ${row.detail}`;
    case 'failed':
      return `failed: ${row.detail}`;
  }
}
