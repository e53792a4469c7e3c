import type { Credit, VolunteerId } from '@manytabs/protocol';
import type { CreditBook } from './credit-book.ts';
import type { People } from './people.ts';
import { creditRecord } from './records.ts';
import type { Shelf } from './shelf.ts';

const FRESH_MS = 30_000;
const SHOWN_MAX = 100;

/** For others to build on: docs/STATISTICS.md has its shape, which only grows. */
export interface Statistics {
  readonly version: 1;
  /** ms since the epoch. */
  readonly at: number;
  /** Volunteers that have credit. */
  readonly volunteers: number;
  readonly credit: Credit;
  /** Donors who asked to be seen, those with most first. */
  readonly donors: readonly Standing[];
  readonly teams: readonly (Credit & { readonly team: string; readonly donors: number })[];
}

export interface Standing extends Credit {
  readonly name: string;
  readonly team: string;
  readonly devices: number;
}

/** What the grid tells everybody of what was given, counted anew at most twice a minute. */
export class PublicStatistics {
  readonly #shelf: Shelf;
  readonly #people: People;
  readonly #book: CreditBook;
  readonly #now: () => number;
  #last: Promise<Statistics> | undefined;
  #countedAt = Number.NEGATIVE_INFINITY;

  constructor(shelf: Shelf, people: People, book: CreditBook, now: () => number) {
    this.#shelf = shelf;
    this.#people = people;
    this.#book = book;
    this.#now = now;
  }

  /** @throws {GridError} `storage-failed` */
  read(): Promise<Statistics> {
    const now = this.#now();
    if (this.#last && now - this.#countedAt < FRESH_MS) return this.#last;
    this.#countedAt = now;
    this.#last = this.#count(now);
    this.#last.catch(() => {
      this.#last = undefined;
    });
    return this.#last;
  }

  async #count(at: number): Promise<Statistics> {
    await this.#book.flush();
    const credits = new Map<string, Credit>();
    for await (const [device, credit] of this.#shelf.all('credit', creditRecord))
      credits.set(device, credit);
    const donors: Standing[] = [];
    for await (const { name, team, devices } of this.#people.listed())
      donors.push({ name, team, devices: devices.length, ...sumOf(devices, credits) });
    const all = sumOf([...credits.keys()], credits);
    const volunteers = credits.size;
    const first = donors.sort(byCredit).slice(0, SHOWN_MAX);
    return { version: 1, at, volunteers, credit: all, donors: first, teams: teamsOf(donors) };
  }
}

function sumOf(devices: readonly (VolunteerId | string)[], credits: ReadonlyMap<string, Credit>) {
  const sum = { tasks: 0, ms: 0 };
  for (const device of devices) {
    sum.tasks += credits.get(device)?.tasks ?? 0;
    sum.ms += credits.get(device)?.ms ?? 0;
  }
  return sum;
}

function teamsOf(donors: readonly Standing[]): Statistics['teams'] {
  const teams = new Map<string, Credit & { team: string; donors: number }>();
  for (const { team, tasks, ms } of donors) {
    if (team === '') continue;
    const before = teams.get(team) ?? { team, donors: 0, tasks: 0, ms: 0 };
    const { donors: so } = before;
    teams.set(team, { team, donors: so + 1, tasks: before.tasks + tasks, ms: before.ms + ms });
  }
  return [...teams.values()].sort(byCredit).slice(0, SHOWN_MAX);
}

function byCredit(one: Credit, other: Credit): number {
  return other.ms - one.ms || other.tasks - one.tasks;
}
