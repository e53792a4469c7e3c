import type { CoordinatorEffect, JournalRecord } from '@manytabs/kernel';
import {
  type Appended,
  type GridError,
  type Journal,
  type Timers,
  toGridError,
} from '@manytabs/protocol';
import { systemTimers } from '../system-timers.ts';
import { appendedOf } from './records.ts';

const RETRY_MS = [50, 200, 1_000, 3_000] as const;

export interface Commit {
  readonly records: number;
  readonly bytes: number;
  readonly ms: number;
}

export interface CommitLineOptions {
  readonly journal: Journal;
  readonly timers?: Timers | undefined;
  readonly epoch: number;
  /** The partition for what volunteers are known for, if not the usual one. */
  readonly standings?: string | undefined;
  /** Done in order, each after the records before it are durable. */
  readonly perform: (effect: CoordinatorEffect) => void;
  /** A commit is durable: what it held, and how long the store took. */
  readonly onCommitted?: ((commit: Commit) => void) | undefined;
  /** The store refuses for now, or (undefined) takes records again. */
  readonly onStalled: (reason: GridError | undefined) => void;
  /** Another coordinator has taken over: nothing more may be said. */
  readonly onFenced: (reason: GridError) => void;
  /** Waits before a refused commit is tried again. */
  readonly pause?: ((ms: number) => Promise<void>) | undefined;
}

/**
 * Effects in the order the machine gave them, none before the records that precede it are durable. What comes while a
 * commit is under way is committed together afterwards, so that the busier the grid, the fewer commits a record costs.
 */
export class CommitLine {
  readonly #options: CommitLineOptions;
  readonly #timers: Timers;
  #waiting: CoordinatorEffect[] = [];
  /** What waits until nothing is being committed. */
  #asides: (() => Promise<void>)[] = [];
  #settled: (() => void)[] = [];
  #running = false;
  #fenced = false;
  #stalled: GridError | undefined;

  constructor(options: CommitLineOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
  }

  get stalled(): GridError | undefined {
    return this.#stalled;
  }

  push(effects: readonly CoordinatorEffect[]): void {
    if (!this.#running && !effects.some(isAppend)) {
      for (const effect of effects) this.#options.perform(effect);
      return;
    }
    for (const effect of effects) this.#waiting.push(effect);
    if (!this.#running) void this.#run();
  }

  /** Resolves once everything pushed so far is durable and done; never, if the coordinator is fenced. */
  settled(): Promise<void> {
    if (!this.#running && !this.#fenced) return Promise.resolve();
    return new Promise((resolve) => this.#settled.push(resolve));
  }

  /** Does `work` between two commits. @throws what it throws; never resolves if the coordinator is fenced */
  exclusively(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#asides.push(() => work().then(resolve, reject));
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    // The rest of this turn's messages join the first commit.
    await this.#timers.nextTurn();
    while ((this.#waiting.length > 0 || this.#asides.length > 0) && !this.#fenced) {
      await this.#asides.shift()?.();
      const [effects, settled] = [this.#waiting, this.#settled];
      this.#waiting = [];
      this.#settled = [];
      await this.#commit(effects);
      if (this.#fenced) return;
      for (const effect of effects) this.#options.perform(effect);
      for (const resolve of settled) resolve();
    }
    this.#running = false;
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  /** Tries until it is durable: results wait in memory meanwhile, and no new work leaves. */
  async #commit(effects: readonly CoordinatorEffect[]): Promise<void> {
    const appended = gather(effects, this.#options.standings);
    for (let attempt = 0; appended.length > 0; attempt++) {
      const began = this.#timers.now();
      const failure = await this.#try(appended);
      if (!failure) {
        this.#options.onCommitted?.(measure(appended, this.#timers.now() - began));
        break;
      }
      if (failure.code === 'epoch-stale') return this.#fence(failure);
      this.#stall(failure);
      await this.#pause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 0);
    }
    this.#stall(undefined);
  }

  #pause(ms: number): Promise<void> {
    const { pause } = this.#options;
    if (pause) return pause(ms);
    return new Promise((resolve) => this.#timers.after(ms, resolve));
  }

  async #try(appended: readonly Appended[]): Promise<GridError | undefined> {
    try {
      await this.#options.journal.append(this.#options.epoch, appended);
      return undefined;
    } catch (thrown) {
      return toGridError(thrown, 'storage-failed');
    }
  }

  #stall(reason: GridError | undefined): void {
    if (this.#stalled?.code === reason?.code) return;
    this.#stalled = reason;
    this.#options.onStalled(reason);
  }

  #fence(reason: GridError): void {
    this.#fenced = true;
    this.#waiting = [];
    this.#options.onFenced(reason);
  }
}

function isAppend(effect: CoordinatorEffect): effect is { type: 'append'; record: JournalRecord } {
  return effect.type === 'append';
}

/** All records of the effects, by partition, each in order. */
function gather(effects: readonly CoordinatorEffect[], standings?: string): Appended[] {
  const partitions = new Map<string, Uint8Array[]>();
  for (const effect of effects) {
    if (!isAppend(effect)) continue;
    for (const { partition, record } of appendedOf(effect.record, standings)) {
      const known = partitions.get(partition);
      if (known) known.push(record);
      else partitions.set(partition, [record]);
    }
  }
  return [...partitions].map(([partition, records]) => ({ partition, records }));
}

function measure(appended: readonly Appended[], ms: number): Commit {
  let [records, bytes] = [0, 0];
  for (const part of appended) {
    records += part.records.length;
    for (const record of part.records) bytes += record.length;
  }
  return { records, bytes, ms };
}
