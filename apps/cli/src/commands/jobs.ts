import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { GridError, type JobView } from '@manytabs/protocol';
import type { GridApi } from 'manytabs';
import { writeReport } from 'manytabs/report';
import { EXIT } from '../exit-code.ts';
import { toJsonLine } from '../json-value.ts';
import { findJob, type GridOptions, print, withGrid } from '../session.ts';
import { clean } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { errorLines, eta, jobSummary, jobTable, numberLines, rate } from '../wording.ts';

/** `manytabs jobs`: every job the grid remembers, the newest last. */
export function jobs(terminal: Terminal, options: GridOptions) {
  return withGrid(terminal, options, async (grid) => {
    const views = [...(await grid.jobs())].sort((a, b) => a.submittedAt - b.submittedAt);
    print(terminal, options, views, jobTable);
    return EXIT.done;
  });
}

interface JobOptions extends GridOptions {
  readonly report?: string | undefined;
}

/** `manytabs job ID`. */
export function job(terminal: Terminal, id: string, options: JobOptions) {
  return withGrid(terminal, options, async (grid) => {
    const view = await findJob(grid, id);
    if (options.report !== undefined) return saveReport(terminal, grid, view, options.report);
    if (options.json) {
      terminal.out(toJsonLine(view));
      return EXIT.done;
    }
    const { waiting, running, provisional } = view.tasks;
    terminal.out(`${clean(view.name)}, by ${clean(view.owner)}`);
    terminal.out(jobSummary(view));
    terminal.out(`${waiting} waiting, ${running} running, ${provisional} provisional`);
    terminal.out(`${rate(view.tasksPerSecond)}${view.etaMs ? `, ${eta(view)} left` : ''}`);
    terminal.out(`${view.volunteers.length} volunteers took part`);
    for (const line of [...numberLines(view), ...errorLines(view)]) terminal.out(line);
    return EXIT.done;
  });
}

async function saveReport(terminal: Terminal, grid: GridApi, { jobId }: JobView, file: string) {
  const text = await writeReport(grid, jobId, { now: Date.now() });
  const path = resolve(terminal.folder, file);
  try {
    await writeFile(path, text);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new GridError('output-unwritable', `Nothing can be written to ${file}: ${why}.`);
  }
  terminal.err(`The report is in ${file}.`);
  return EXIT.done;
}
