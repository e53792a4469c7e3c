import { type LeaseId, LIMITS, type StoryRow, type VolunteerId } from '@manytabs/protocol';

const ROWS_MAX = 4_096;
const ROWS_MIN = 64;

type What =
  | 'assigned'
  | 'speculated'
  | 'resumed'
  | 'reported'
  | 'failed-once'
  | 'lost'
  | 'disagreed'
  | 'final'
  | 'failed';

/** Something that happened to the tasks `[from, to)`. */
export interface Happening {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly cause: string;
  readonly what: What;
  readonly who?: VolunteerId | undefined;
  readonly lease?: LeaseId | undefined;
  readonly detail?: string | undefined;
}

const NUMBERS = 4;
const TEXTS = 4;

/**
 * The newest happenings of a job, one row a bundle or span whatever its size; texts are made when somebody reads. Rows
 * are written in place: kept as objects they would outlive the young generation and cost the collector more than all
 * the rest of a step.
 */
export class Story {
  #numbers = new Float64Array(ROWS_MIN * NUMBERS);
  readonly #texts: (string | undefined)[] = [];
  #count = 0;

  add(happening: Happening): void {
    const row = this.#count++ % ROWS_MAX;
    if ((row + 1) * NUMBERS > this.#numbers.length) this.#grow();
    const number = row * NUMBERS;
    this.#numbers[number] = happening.at;
    this.#numbers[number + 1] = happening.from;
    this.#numbers[number + 2] = happening.to;
    this.#numbers[number + 3] = happening.lease ?? 0;
    const text = row * TEXTS;
    this.#texts[text] = happening.cause;
    this.#texts[text + 1] = happening.what;
    this.#texts[text + 2] = happening.who;
    this.#texts[text + 3] = happening.detail;
  }

  of(index: number): StoryRow[] {
    const rows = this.#rows().filter((row) => row.from <= index && index < row.to);
    return rows.slice(-LIMITS.STORY_ROWS_MAX).map(toRow);
  }

  /** The newest rows of all tasks, for the report of a broken promise. */
  tail(): string {
    const rows = this.#rows().slice(-20);
    return rows.map((row) => `${row.at} [${row.from}, ${row.to}) ${toRow(row).text}`).join('\n');
  }

  /** Oldest first. */
  #rows(): Happening[] {
    const rows: Happening[] = [];
    for (let i = Math.max(0, this.#count - ROWS_MAX); i < this.#count; i++) {
      rows.push(this.#row(i % ROWS_MAX));
    }
    return rows;
  }

  #row(row: number): Happening {
    const numbers = this.#numbers.subarray(row * NUMBERS, (row + 1) * NUMBERS);
    const [cause, what, who, detail] = this.#texts.slice(row * TEXTS, (row + 1) * TEXTS);
    return {
      at: numbers[0] as number,
      from: numbers[1] as number,
      to: numbers[2] as number,
      lease: numbers[3] as LeaseId,
      cause: cause as string,
      what: what as What,
      who: who as VolunteerId | undefined,
      detail,
    };
  }

  #grow(): void {
    const larger = new Float64Array(this.#numbers.length * 2);
    larger.set(this.#numbers);
    this.#numbers = larger;
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
    case 'resumed':
      return `taken up again by ${who} under lease ${row.lease}`;
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
