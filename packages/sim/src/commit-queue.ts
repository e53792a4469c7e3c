import type { CoordinatorEffect, JournalRecord } from '@manytabs/kernel';
import { type Appointment, cancel, type EventQueue } from './event-queue.ts';

/** What one step said, and what is to be done once all of it was carried out. */
export interface Said {
  readonly effects: readonly CoordinatorEffect[];
  readonly done: () => void;
}

export interface CommitQueueOptions {
  readonly queue: EventQueue;
  /** How long a commit takes, drawn for each; 0 is at once. */
  readonly commitMs: () => number;
  /** The records are in the journal now, all of them. */
  readonly write: (records: readonly JournalRecord[]) => void;
  /** The store refuses, or takes records again. */
  readonly onStalled: (isStalled: boolean) => void;
  /** Carries the effects out in order, the records being written. */
  readonly perform: (said: readonly Said[]) => void;
}

/**
 * The store between a coordinator and what it says: nothing leaves before the records that precede it are written, and
 * what comes during a commit is committed together afterwards. A store may be slow, or refuse for a while.
 */
export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #waiting: Said[] = [];
  #writing: { readonly said: Said[]; readonly end: Appointment } | undefined;
  #stalledUntil = 0;
  #isPerforming = false;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
  }

  /** The store takes nothing for a while. */
  stall(ms: number): void {
    this.#stalledUntil = Math.max(this.#stalledUntil, this.#options.queue.now + ms);
  }

  push(said: Said): void {
    this.#waiting.push(said);
    if (!this.#writing && !this.#isPerforming) this.#begin();
  }

  /** The process dies: a commit under way is whole in the journal or not there at all. @returns what is there now */
  die(isWritten: boolean): readonly JournalRecord[] {
    const { said = [], end } = this.#writing ?? {};
    cancel(end);
    this.#writing = undefined;
    this.#waiting = [];
    const records = isWritten ? recordsOf(said) : [];
    this.#options.write(records);
    return records;
  }

  #begin(): void {
    const said = this.#waiting;
    this.#waiting = [];
    if (said.length === 0) return;
    const records = recordsOf(said);
    const ms = records.length === 0 ? 0 : this.#durationMs();
    if (ms === 0) return this.#end(said);
    const isStalled = this.#options.queue.now < this.#stalledUntil;
    const end = this.#options.queue.after(ms, () => {
      if (isStalled) this.#options.onStalled(false);
      this.#end(said);
    });
    this.#writing = { said, end };
    if (isStalled) this.#options.onStalled(true);
  }

  #durationMs(): number {
    const waitMs = Math.max(0, this.#stalledUntil - this.#options.queue.now);
    return waitMs + this.#options.commitMs();
  }

  #end(said: Said[]): void {
    this.#writing = undefined;
    this.#options.write(recordsOf(said));
    this.#isPerforming = true;
    this.#options.perform(said);
    this.#isPerforming = false;
    this.#begin();
  }
}

function recordsOf(said: readonly Said[]): JournalRecord[] {
  const effects = said.flatMap((one) => one.effects);
  return effects.flatMap((effect) => (effect.type === 'append' ? [effect.record] : []));
}
