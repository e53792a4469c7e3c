import { setTimeout as delay } from 'node:timers/promises';
import type { JobView, NodeView, QuarantineView } from '@manytabs/protocol';
import type { GridApi } from 'manytabs';
import { EXIT } from '../exit-code.ts';
import { type GridOptions, print, withGrid } from '../session.ts';
import { clean } from '../table.ts';
import type { Terminal } from '../terminal.ts';

const EVERY_MS = 1000;

/** Something that happened on the grid, as far as its views tell. */
export interface GridEvent {
  /** ms since the epoch. */
  readonly at: number;
  readonly event:
    | 'job-submitted'
    | 'job-state'
    | 'volunteer-joined'
    | 'volunteer-left'
    | 'volunteer-quarantined'
    | 'results-outvoted'
    | 'results-retracted';
  readonly id: string;
  readonly text: string;
}

/** `manytabs events [-f]`: what happened, oldest first; with -f also what happens, until Ctrl-C. */
export function events(terminal: Terminal, options: GridOptions & { readonly follow?: boolean }) {
  return withGrid(terminal, options, async (grid) => {
    let seen = await look(grid);
    const tell = (rows: readonly GridEvent[]) => print(terminal, options, rows, eventLines);
    tell(pastEvents(seen));
    while (options.follow && !terminal.interrupted.aborted) {
      await delay(EVERY_MS, undefined, { signal: terminal.interrupted }).catch(() => undefined);
      if (terminal.interrupted.aborted) break;
      const now = await look(grid);
      tell(newEvents(seen, now));
      seen = now;
    }
    return EXIT.done;
  });
}

interface Look {
  readonly at: number;
  readonly jobs: readonly JobView[];
  readonly nodes: readonly NodeView[];
  readonly quarantined: readonly QuarantineView[];
}

async function look(grid: GridApi): Promise<Look> {
  const [jobs, nodes, quarantined] = await Promise.all([
    grid.jobs(),
    grid.nodes(),
    grid.quarantined(),
  ]);
  return { at: Date.now(), jobs, nodes, quarantined };
}

export function pastEvents({ jobs, nodes, quarantined }: Look): GridEvent[] {
  const ended = jobs.filter((job) => job.endedAt !== undefined);
  return byTime([
    ...jobs.map(submitted),
    ...ended.map((job) => stateOf(job, job.endedAt)),
    ...nodes.map(joined),
    ...quarantined.map(shutOut),
  ]);
}

export function newEvents(before: Look, after: Look): GridEvent[] {
  const jobsBefore = new Map(before.jobs.map((job) => [job.jobId, job.state]));
  const nodesBefore = new Map(before.nodes.map((node) => [node.volunteer, node.joinedAt]));
  const nodesAfter = new Set(after.nodes.map((node) => node.volunteer));
  const changed = after.jobs.filter(
    (job) => (jobsBefore.get(job.jobId) ?? 'running') !== job.state,
  );
  return byTime([
    ...after.jobs.filter((job) => !jobsBefore.has(job.jobId)).map(submitted),
    ...changed.map((job) => stateOf(job, job.endedAt ?? after.at)),
    ...after.nodes.filter((node) => nodesBefore.get(node.volunteer) !== node.joinedAt).map(joined),
    ...after.quarantined.filter((row) => !isIn(before.quarantined, row)).map(shutOut),
    ...after.jobs.flatMap((job) => checksOf(before.jobs, job, after.at)),
    ...before.nodes
      .filter((node) => !nodesAfter.has(node.volunteer))
      .map((node) => left(node, after.at)),
  ]);
}

function submitted(job: JobView): GridEvent {
  const text = `${clean(job.name)}, ${job.tasks.total} tasks, by ${clean(job.owner)}`;
  return { at: job.submittedAt, event: 'job-submitted', id: job.jobId, text };
}

function stateOf(job: JobView, at = job.submittedAt): GridEvent {
  const text = job.reason === '' ? job.state : `${job.state}: ${clean(job.reason)}`;
  return { at, event: 'job-state', id: job.jobId, text };
}

function joined(node: NodeView): GridEvent {
  const text = `${node.workers} workers over ${node.road}`;
  return { at: node.joinedAt, event: 'volunteer-joined', id: node.volunteer, text };
}

function left(node: NodeView, at: number): GridEvent {
  return { at, event: 'volunteer-left', id: node.volunteer, text: `${node.tasks} tasks` };
}

function isIn(rows: readonly QuarantineView[], row: QuarantineView): boolean {
  return rows.some(({ volunteer, at }) => volunteer === row.volunteer && at === row.at);
}

function shutOut(row: QuarantineView): GridEvent {
  const { volunteer, at, until, invalid } = row;
  const text = `${invalid} wrong results; until ${new Date(until).toISOString()}`;
  return { at, event: 'volunteer-quarantined', id: volunteer, text };
}

/** Votes that were lost, and provisional results that were taken back, since the last look. */
function checksOf(before: readonly JobView[], job: JobView, at: number): GridEvent[] {
  const known = before.find(({ jobId }) => jobId === job.jobId);
  const outvoted = job.disagreements - (known?.disagreements ?? 0);
  const retracted = (job.checks?.retracted ?? 0) - (known?.checks?.retracted ?? 0);
  const id = job.jobId;
  const rows: GridEvent[] = [];
  if (outvoted > 0) rows.push({ at, event: 'results-outvoted', id, text: `${outvoted} tasks` });
  if (retracted > 0) rows.push({ at, event: 'results-retracted', id, text: `${retracted} tasks` });
  return rows;
}

function byTime(rows: GridEvent[]): GridEvent[] {
  return rows.sort((a, b) => a.at - b.at);
}

function eventLines(rows: readonly GridEvent[]): string[] {
  return rows.map(
    ({ at, event, id, text }) => `${new Date(at).toISOString()} ${event} ${id} ${text}`,
  );
}
