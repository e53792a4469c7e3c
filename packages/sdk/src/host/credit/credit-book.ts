import type { Credit, JobId, Timers, VolunteerId } from '@manytabs/protocol';
import { creditRecord } from './records.ts';
import type { Shelf } from './shelf.ts';

const FLUSH_MS = 2_000;
const JOBS_REMEMBERED_MAX = 256;
const NOTHING: Credit = { tasks: 0, ms: 0 };

/**
 * What volunteers get for results that became final, and for nothing else: the tasks, and the time that such tasks take
 * by what all who computed them said. Kept in the store, written together every other second.
 */
export class CreditBook {
  readonly #shelf: Shelf;
  readonly #timers: Timers;
  #pending = new Map<VolunteerId, Credit>();
  /** How long a task of the job takes; a job that has just ended tells no more. */
  readonly #taskMs = new Map<JobId, number>();
  #cancel: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(shelf: Shelf, timers: Timers) {
    this.#shelf = shelf;
    this.#timers = timers;
  }

  /** So many tasks of the job are final, by what these said. */
  onFinal(
    jobId: JobId,
    {
      voters,
      tasks,
      taskMs,
    }: { voters: readonly VolunteerId[]; tasks: number; taskMs?: number | undefined },
  ): void {
    const ms = tasks * this.#learn(jobId, taskMs);
    for (const voter of voters) {
      const before = this.#pending.get(voter) ?? NOTHING;
      this.#pending.set(voter, { tasks: before.tasks + tasks, ms: before.ms + ms });
    }
    this.#cancel ??= this.#timers.after(FLUSH_MS, () => void this.flush());
  }

  async of(volunteer: VolunteerId): Promise<Credit> {
    await this.#writing;
    const kept = (await this.#shelf.get('credit', volunteer, creditRecord)) ?? NOTHING;
    const more = this.#pending.get(volunteer) ?? NOTHING;
    return { tasks: kept.tasks + more.tasks, ms: kept.ms + more.ms };
  }

  async forget(volunteer: VolunteerId): Promise<void> {
    this.#pending.delete(volunteer);
    await this.#writing;
    await this.#shelf.change('credit', volunteer, creditRecord, () => undefined);
  }

  /** Resolves when all is written; what a store refuses is written with the next. */
  flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  #learn(jobId: JobId, taskMs: number | undefined): number {
    const ms = taskMs ?? this.#taskMs.get(jobId) ?? 0;
    this.#taskMs.delete(jobId);
    this.#taskMs.set(jobId, ms);
    if (this.#taskMs.size > JOBS_REMEMBERED_MAX)
      for (const oldest of this.#taskMs.keys()) {
        this.#taskMs.delete(oldest);
        break;
      }
    return ms;
  }

  async #write(): Promise<void> {
    const pending = this.#pending;
    this.#pending = new Map();
    for (const [volunteer, { tasks, ms }] of pending) {
      try {
        await this.#shelf.change('credit', volunteer, creditRecord, (before = NOTHING) => ({
          tasks: before.tasks + tasks,
          ms: before.ms + ms,
        }));
      } catch {
        const since = this.#pending.get(volunteer) ?? NOTHING;
        this.#pending.set(volunteer, { tasks: since.tasks + tasks, ms: since.ms + ms });
      }
    }
  }
}
