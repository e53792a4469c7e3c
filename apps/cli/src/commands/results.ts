import { followJob } from '../follow-job.ts';
import { checkSink } from '../row-sink.ts';
import { findJobId, type GridOptions, withGrid } from '../session.ts';
import type { Terminal } from '../terminal.ts';

/** `manytabs results ID`: what the job has, and what comes, until it ends. */
export function results(
  terminal: Terminal,
  id: string,
  options: GridOptions & { readonly out?: string },
) {
  checkSink(options.out, terminal);
  return withGrid(terminal, options, async (grid) => {
    const job = grid.job(await findJobId(grid, id));
    const json = options.json === true;
    return followJob(job, terminal, { json, out: options.out, cancelOnInterrupt: false });
  });
}
