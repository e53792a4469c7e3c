import { hasEnded, type JobId, type JobView, must, type Part } from '@manytabs/protocol';
import type { CoordinatorHost } from '../coordinator-host.ts';
import { mergedView } from './merged-view.ts';
import type { Readable } from './part-reader.ts';
import { type PartHearer, RemotePart } from './remote-part.ts';

/** Less than one server waits for the answer of another. */
const KNOWN_MS = 1_000;

/** A job as people know it, whether it was cut or not. The server of its first part speaks for all. */
export class WholeJob {
  readonly jobs: readonly JobId[];
  readonly #host: CoordinatorHost;
  readonly #part: Part | undefined;
  /** Parts that were other servers' when this began. */
  readonly #remotes = new Map<JobId, RemotePart>();
  readonly #waiters = new Set<() => void>();

  constructor(host: CoordinatorHost, jobId: JobId, part: Part | undefined) {
    this.#host = host;
    this.#part = part;
    this.jobs = part?.jobs ?? [jobId];
    for (const id of this.jobs) {
      if (part && !host.machine.job(id)) {
        this.#remotes.set(id, new RemotePart(host, id, () => this.#onChanged()));
      }
    }
  }

  get isCut(): boolean {
    return this.#part !== undefined;
  }

  /** Where its parts begin, and the end. */
  get bounds(): readonly number[] {
    return this.#part?.bounds ?? [0, Number.POSITIVE_INFINITY];
  }

  /** Undefined where it, or a part of it, is no more. */
  view(): JobView | undefined {
    const first = this.viewOf(0);
    if (!first || !this.#part) return first;
    if ([...this.#remotes.values()].some(({ isLost }) => isLost)) return undefined;
    const others = this.jobs
      .slice(1)
      .map((_, i) => this.viewOf(i + 1) ?? this.#unheard(first, i + 1));
    return mergedView([first, ...others]);
  }

  get rows(): number {
    return this.readable().reduce((sum, { rows }) => sum + rows, 0);
  }

  /** What is in the journal of each part. */
  readable(): Readable[] {
    return this.jobs.map((id) => {
      const own = this.#host.machine.job(id);
      if (own) return { rows: this.#host.rowCount(id), isOver: this.#host.parts.isOver(id) };
      const { rows = 0, isOver = true } = this.#remotes.get(id) ?? {};
      return { rows, isOver };
    });
  }

  /** Undefined where nothing was heard of it. */
  viewOf(part: number): JobView | undefined {
    const id = must(this.jobs[part], 'a part');
    return this.#host.machine.job(id) ?? this.#remotes.get(id)?.view;
  }

  /** Hears what other servers tell of their parts. @returns stops it */
  hear(hearer: PartHearer): () => void {
    const stops = [...this.#remotes.values()].map((remote) => remote.hear(hearer));
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Resolves once every part was heard of, or that takes too long. */
  async known(): Promise<void> {
    let isLate = false;
    const isUnknown = ([id, { view, isLost }]: [JobId, RemotePart]) =>
      !view && !isLost && !this.#host.machine.job(id);
    const cancel = this.#host.timers.after(KNOWN_MS, () => {
      isLate = true;
      this.#wake();
    });
    while (!isLate && [...this.#remotes].some(isUnknown)) {
      await new Promise<void>((resolve) => this.#waiters.add(resolve));
    }
    cancel();
  }

  close(): void {
    for (const remote of this.#remotes.values()) remote.close();
    this.#wake();
  }

  #onChanged(): void {
    this.#wake();
    const lead = must(this.jobs[0], 'the first part');
    const view = this.view();
    if (!view) return this.#host.onPartLost(lead);
    this.#host.onPartChanged(lead, hasEnded(view.state));
  }

  #wake(): void {
    for (const resolve of this.#waiters) resolve();
    this.#waiters.clear();
  }

  /** As far as is known: nothing of it is done before its server says so. */
  #unheard(first: JobView, part: number): JobView {
    const total = (this.bounds[part + 1] ?? 0) - (this.bounds[part] ?? 0);
    const tasks = { total, waiting: total, running: 0, provisional: 0, final: 0, failed: 0 };
    const nothing = { busyMs: 0, disagreements: 0, errors: [], volunteers: [], tasksPerSecond: 0 };
    const state = { state: 'running', reason: '', endedAt: undefined, etaMs: undefined } as const;
    return { ...first, ...state, ...nothing, tasks };
  }
}
