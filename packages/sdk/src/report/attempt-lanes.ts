import type { AttemptRow, VolunteerId } from '@manytabs/protocol';

/** What one worker of a volunteer did, as far as times tell workers apart. */
export interface Lane {
  readonly volunteer: VolunteerId;
  /** In the order of their ends; they overlap only where a volunteer has more at once than `WORKERS_MAX`. */
  readonly bars: AttemptRow[];
}

/** A volunteer with more workers shares its last lane among the rest. */
const WORKERS_MAX = 16;

/** Attempts in lanes, one volunteer's together, volunteers in the order in which they brought their first. */
export class AttemptLanes {
  readonly #lanes = new Map<VolunteerId, Lane[]>();
  #all: readonly Lane[] | undefined;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** From the first assignment to the last end, in ms since the epoch. */
  get span(): { readonly from: number; readonly to: number } {
    return this.#count === 0 ? { from: 0, to: 0 } : { from: this.#from, to: this.#to };
  }

  get all(): readonly Lane[] {
    this.#all ??= [...this.#lanes.values()].flat();
    return this.#all;
  }

  add(row: AttemptRow): void {
    const lanes = this.#lanesOf(row.volunteer);
    const free = lanes.find(({ bars }) => endOf(bars.at(-1)) <= barStart(row));
    (free ?? this.#another(lanes, row.volunteer)).bars.push(row);
    this.#from = Math.min(this.#from, row.givenAt);
    this.#to = Math.max(this.#to, row.endedAt ?? row.givenAt);
    this.#count++;
  }

  #lanesOf(volunteer: VolunteerId): Lane[] {
    const known = this.#lanes.get(volunteer);
    if (known) return known;
    const lanes: Lane[] = [];
    this.#lanes.set(volunteer, lanes);
    return lanes;
  }

  #another(lanes: Lane[], volunteer: VolunteerId): Lane {
    const last = lanes.at(-1);
    if (last && lanes.length >= WORKERS_MAX) return last;
    const lane = { volunteer, bars: [] };
    lanes.push(lane);
    this.#all = undefined;
    return lane;
  }
}

function endOf(row: AttemptRow | undefined): number {
  if (!row) return Number.NEGATIVE_INFINITY;
  return row.endedAt ?? Number.POSITIVE_INFINITY;
}

/** Of what was not reported nothing tells when it was begun, if it was. */
export function barStart(row: AttemptRow): number {
  const isReported = row.outcome === 'reported' || row.outcome === 'failed';
  return isReported ? row.startedAt : row.givenAt;
}

/** The first bar of a lane that ends after a time. */
export function firstAfter(bars: readonly AttemptRow[], at: number): number {
  let [low, high] = [0, bars.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (endOf(bars[middle]) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
