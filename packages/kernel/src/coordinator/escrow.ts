import type { Grid } from './grid.ts';
import type { Job } from './job.ts';
import type { Span } from './span.ts';
import type { Identity } from './volunteer-table.ts';

/**
 * A window of results that one well-known volunteer gave alone. They stay provisional until some of them, chosen at
 * random once they are all in, were computed by another volunteer too.
 */
export class Escrow {
  readonly job: Job;
  readonly identity: Identity;
  readonly openedAt: number;
  /** Wait for the audits of others. */
  readonly spans = new Set<Span>();
  readonly audits = new Set<Span>();
  tasks = 0;
  bytes = 0;
  /** Its audits were chosen. */
  isClosed = false;

  constructor(job: Job, identity: Identity, at: number) {
    this.job = job;
    this.identity = identity;
    this.openedAt = at;
  }

  onSplit(span: Span, rest: Span): void {
    rest.escrow = this;
    if (this.audits.has(span)) this.audits.add(rest);
    else this.spans.add(rest);
  }

  /** The span is decided, or its result is not its volunteer's alone any more. */
  leave(grid: Grid, span: Span): void {
    span.escrow = undefined;
    if (this.spans.delete(span)) this.tasks -= span.count;
    else this.audits.delete(span);
    if (this.isClosed && this.audits.size === 0) grid.audited.add(this);
    if (this.spans.size + this.audits.size > 0) return;
    this.job.escrows.delete(this);
    if (this.job.windows.get(this.identity) === this) this.job.windows.delete(this.identity);
  }
}

const TASKS_MAX = 64;
const TASKS_MIN = 4;
const BYTES_MAX = 4 * 1024 * 1024;
const AGE_MS_MAX = 30_000;
const RUNS_MAX = 3;
const AUDIT_SHARE = 0.02;
const TASKS_PER_AUDIT = 8;

/** How many results of a volunteer wait for an audit together. */
export function windowTasks(checked: number): number {
  return Math.min(TASKS_MAX, Math.max(TASKS_MIN, Math.floor(2 * checked)));
}

/** How many of so many results are computed again, in how many places. */
export function auditSize(tasks: number): { readonly tasks: number; readonly runs: number } {
  const few = Math.min(RUNS_MAX, Math.ceil(tasks / TASKS_PER_AUDIT));
  const audited = Math.max(few, Math.ceil(tasks * AUDIT_SHARE));
  return { tasks: audited, runs: Math.min(RUNS_MAX, audited) };
}

/** Whether a window should be audited now, with what it has. */
export function isDue(grid: Grid, escrow: Escrow, checked: number): boolean {
  const { job, identity, tasks, bytes } = escrow;
  if (tasks >= windowTasks(checked) || bytes >= BYTES_MAX) return true;
  if (grid.now - escrow.openedAt >= AGE_MS_MAX || job.isHeldBack) return true;
  // Nothing more will come to fill it.
  const isAtWork = identity.connected?.leases.some((lease) => lease.job === job) ?? false;
  return !isAtWork && (!job.hasFresh || !identity.connected);
}

/** Runs of the window's tasks drawn at random, carved out of their spans. */
export function drawAudits(grid: Grid, escrow: Escrow): Span[] {
  const size = auditSize(escrow.tasks);
  const runTasks = Math.ceil(size.tasks / size.runs);
  const drawn: Span[] = [];
  for (let run = 0; run < size.runs && escrow.tasks > 0; run++) {
    drawn.push(drawRun(grid, escrow, runTasks));
  }
  return drawn;
}

function drawRun(grid: Grid, escrow: Escrow, tasks: number): Span {
  let at = grid.prng.int(escrow.tasks);
  let found: Span | undefined;
  for (const span of escrow.spans) {
    found = span;
    if (at < span.count) break;
    at -= span.count;
  }
  const span = found as Span;
  const from = Math.min(span.from + at, Math.max(span.from, span.to - tasks));
  const part = span.carve(from, Math.min(span.to, from + tasks));
  escrow.spans.delete(part);
  escrow.audits.add(part);
  escrow.tasks -= part.count;
  return part;
}
