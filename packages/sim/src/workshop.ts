import type { VolunteerEffect, VolunteerEvent } from '@manytabs/kernel';
import type { LeaseId } from '@manytabs/protocol';
import { type Appointment, cancel, type EventQueue } from './event-queue.ts';
import { columnOf, type PlannedJob } from './workload.ts';

type RunEffect = Extract<VolunteerEffect, { type: 'run' }>;
type Untimed<E> = E extends VolunteerEvent ? Omit<E, 'at'> : never;
export type Tell = (event: Untimed<VolunteerEvent>) => void;

export interface WorkshopOptions {
  readonly queue: EventQueue;
  readonly tell: Tell;
  readonly jobOf: (jobId: string) => PlannedJob | undefined;
  /** How many times slower than an ordinary tab. */
  readonly slowness: number;
  readonly valueOf: (job: PlannedJob, index: number) => number;
  readonly failsAnyway: () => boolean;
  /** Lets something happen to the tab, unless it is frozen now. */
  readonly happen: (run: () => void) => void;
}

/** Results leave a run at the latest after this much computing. */
const REPORT_EVERY_MS = 250;
const REPORT_TASKS_MAX = 1024;

interface Run {
  readonly effect: RunEffect;
  readonly job: PlannedJob;
  next: number;
  timer: Appointment | undefined;
  /** What came to pass while it was held. */
  held: (() => void) | undefined;
}

/** A runtime that computes nothing: it lets the cost of tasks go by and reports their values. */
export class Workshop {
  readonly #options: WorkshopOptions;
  readonly #runs = new Map<LeaseId, Run>();
  #isHeld = false;

  constructor(options: WorkshopOptions) {
    this.#options = options;
  }

  run(effect: RunEffect): void {
    const job = this.#options.jobOf(effect.jobId);
    if (!job) return;
    const run: Run = { effect, job, next: effect.from, timer: undefined, held: undefined };
    this.#runs.set(effect.lease, run);
    this.#goOn(run);
  }

  kill(lease: LeaseId): void {
    cancel(this.#runs.get(lease)?.timer);
    this.#runs.delete(lease);
  }

  killJob(jobId: string): void {
    for (const run of [...this.#runs.values()]) {
      if (run.effect.jobId === jobId) this.kill(run.effect.lease);
    }
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) return;
    for (const run of [...this.#runs.values()]) {
      const goOn = run.held;
      run.held = undefined;
      goOn?.();
    }
  }

  close(): void {
    for (const lease of [...this.#runs.keys()]) this.kill(lease);
  }

  /** Plans the next report: some tasks that succeed, or one that fails. */
  #goOn(run: Run): void {
    const { effect, job } = run;
    const { slowness, failsAnyway } = this.#options;
    let costMs = 0;
    let to = run.next;
    while (to < effect.to && to - run.next < REPORT_TASKS_MAX && costMs < REPORT_EVERY_MS) {
      if (job.throws(to)) break;
      costMs += job.costMs(to) * slowness;
      to++;
    }
    const isFailure = to === run.next || failsAnyway();
    if (isFailure) costMs = job.costMs(run.next) * slowness;
    const report = () => this.#report(run, isFailure ? undefined : to, costMs);
    run.timer = this.#options.queue.after(costMs, () =>
      this.#options.happen(() => this.#due(run, report)),
    );
  }

  #due(run: Run, report: () => void): void {
    if (this.#runs.get(run.effect.lease) !== run) return;
    if (this.#isHeld) run.held = report;
    else report();
  }

  #report(run: Run, to: number | undefined, busyMs: number): void {
    const { effect, job } = run;
    const { tell } = this.#options;
    const { lease } = effect;
    const from = run.next;
    run.next = to ?? from + 1;
    if (to === undefined) {
      const code = job.throws(from) ? 'task-threw' : 'task-crashed';
      tell({ type: 'task-failed', lease, index: from, code, message: 'no', busyMs });
    } else {
      const values = Array.from({ length: to - from }, (_, i) =>
        this.#options.valueOf(job, from + i),
      );
      tell({ type: 'tasks-ran', lease, from, count: to - from, values: columnOf(values), busyMs });
    }
    if (this.#runs.get(lease) !== run) return;
    if (run.next < effect.to) {
      this.#goOn(run);
      return;
    }
    this.#runs.delete(lease);
    tell({ type: 'run-ended', lease });
  }
}
