import { type ErrorCode, type JobId, must, type VolunteerId } from '@manytabs/protocol';
import type { ReplayedJobRecord, Settlement } from './effect.ts';
import { RunSet } from './run-set.ts';

/** A record and what it is in the journal, which may say more than is known here. */
export interface Kept<Raw> {
  readonly record: ReplayedJobRecord;
  readonly raw: Raw;
}

export interface Compacted<Raw> {
  /** The submission and what was added to its inputs. */
  readonly head: readonly Raw[];
  /** In the place of the decisions that were folded, if any were. */
  readonly settlement: Settlement | undefined;
  readonly rest: readonly Raw[];
}

type Final = Extract<ReplayedJobRecord, { type: 'tasks-final' }>;
type Failed = Extract<ReplayedJobRecord, { type: 'task-failed' }>;
type Vote = Extract<ReplayedJobRecord, { type: 'vote-received' }>;

const VOTES_BETWEEN_SWEEPS = 8_192;
const ERROR_GROUPS_MAX = 32;

/**
 * Folds the records of one job to fewer that replay to the same: decisions become runs of tasks and counts by volunteer,
 * votes on what is decided go. The newest `keep` records stay as they are, for what people ask about the last minutes.
 */
export class Compaction<Raw> {
  readonly #keep: number;
  #newest: Kept<Raw>[] = [];
  #first = 0;
  readonly #head: Raw[] = [];
  #rest: Kept<Raw>[] = [];
  #votes = 0;
  readonly #decided = new RunSet();
  readonly #final = new RunSet();
  readonly #failed = new RunSet();
  readonly #voters = new Map<VolunteerId, { tasks: number; checked: number }>();
  readonly #errors = new Map<string, { code: ErrorCode; message: string; count: number }>();
  #bytes = 0;
  #last: { readonly at: number; readonly jobId: JobId } | undefined;
  /** The record before the one that is folded. */
  #before: ReplayedJobRecord | undefined;

  constructor(keep: number) {
    this.#keep = keep;
  }

  add(record: ReplayedJobRecord, raw: Raw): void {
    this.#newest.push({ record, raw });
    if (record.type === 'tasks-final') this.#decided.add(record.from, record.to);
    if (record.type === 'task-failed') this.#decided.add(record.index, record.index + 1);
    if (record.type === 'tasks-settled') this.#decideSettled(record);
    if (this.#newest.length - this.#first <= this.#keep) return;
    this.#fold(must(this.#newest[this.#first++], 'there is an oldest record'));
    if (this.#first < this.#keep) return;
    this.#newest = this.#newest.slice(this.#first);
    this.#first = 0;
  }

  finish(): Compacted<Raw> {
    this.#sweep();
    const newest = this.#newest.slice(this.#first).filter((kept) => this.#isNeeded(kept));
    const rest = [...this.#rest, ...newest].map(({ raw }) => raw);
    return { head: this.#head, settlement: this.#settlement(), rest };
  }

  #fold(kept: Kept<Raw>): void {
    const { record } = kept;
    if (!this.#foldAway(record)) this.#store(kept);
    this.#before = record;
  }

  /** Whether the record is not needed any more. */
  #foldAway(record: ReplayedJobRecord): boolean {
    switch (record.type) {
      case 'tasks-final':
        // What was blamed for it stays with it.
        if (this.#before?.type === 'volunteers-disagreed') return false;
        this.#foldFinal(record);
        return true;
      case 'task-failed':
        this.#foldFailed(record);
        return true;
      case 'tasks-settled':
        this.#foldSettled(record);
        return true;
      case 'job-spent':
        this.#rest = this.#rest.filter((other) => other.record.type !== 'job-spent');
        return false;
      default:
        return false;
    }
  }

  #store(kept: Kept<Raw>): void {
    const { type } = kept.record;
    if (type === 'job-submitted' || type === 'job-extended') this.#head.push(kept.raw);
    else this.#rest.push(kept);
    if (type === 'vote-received' && ++this.#votes >= VOTES_BETWEEN_SWEEPS) this.#sweep();
  }

  #foldFinal(record: Final): void {
    const { from, to, voters, bytes = 0 } = record;
    this.#final.add(from, to);
    this.#bytes += bytes;
    const tasks = to - from;
    const checked = voters.length > 1 ? tasks : 0;
    for (const voter of voters) this.#credit(voter, { tasks, checked });
    this.#last = record;
  }

  #foldFailed(record: Failed): void {
    this.#failed.add(record.index, record.index + 1);
    this.#count({ code: record.code, message: record.message, count: 1 });
    this.#last = record;
  }

  #foldSettled(record: Settlement): void {
    for (const [from, to] of pairs(record.final)) this.#final.add(from, to);
    for (const [from, to] of pairs(record.failed)) this.#failed.add(from, to);
    for (const { volunteer, ...counts } of record.voters) this.#credit(volunteer, counts);
    for (const error of record.errors) this.#count(error);
    this.#bytes += record.bytes;
    this.#last ??= record;
  }

  #decideSettled(record: Settlement): void {
    for (const [from, to] of pairs(record.final)) this.#decided.add(from, to);
    for (const [from, to] of pairs(record.failed)) this.#decided.add(from, to);
  }

  #credit(volunteer: VolunteerId, { tasks, checked }: { tasks: number; checked: number }): void {
    const known = this.#voters.get(volunteer);
    if (!known) return void this.#voters.set(volunteer, { tasks, checked });
    known.tasks += tasks;
    known.checked += checked;
  }

  #count({ code, message, count }: Settlement['errors'][number]): void {
    const own = `${code} ${message}`;
    const isOther = this.#errors.size >= ERROR_GROUPS_MAX && !this.#errors.has(own);
    const key = isOther ? `${code} other errors` : own;
    const known = this.#errors.get(key);
    if (known) known.count += count;
    else this.#errors.set(key, { code, message: isOther ? 'other errors' : message, count });
  }

  #sweep(): void {
    this.#votes = 0;
    this.#rest = this.#rest.filter((kept) => this.#isNeeded(kept));
  }

  #isNeeded({ record }: Kept<Raw>): boolean {
    return record.type !== 'vote-received' || !this.#isDecided(record);
  }

  #isDecided({ column }: Vote): boolean {
    return this.#decided.holds(column.from, column.to);
  }

  #settlement(): Settlement | undefined {
    if (this.#final.size === 0 && this.#failed.size === 0) return undefined;
    const { at = 0, jobId } = this.#last ?? {};
    return {
      type: 'tasks-settled',
      at,
      jobId: must(jobId, 'what was folded is of a job'),
      final: this.#final.toArray(),
      failed: this.#failed.toArray(),
      bytes: this.#bytes,
      voters: [...this.#voters].map(([volunteer, counts]) => ({ volunteer, ...counts })),
      errors: [...this.#errors.values()],
    };
  }
}

/** From, to, from, to, … as pairs. */
export function* pairs(runs: readonly number[]): Generator<[number, number]> {
  for (let i = 0; i + 1 < runs.length; i += 2) yield [runs[i] as number, runs[i + 1] as number];
}
