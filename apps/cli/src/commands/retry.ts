import { EXIT } from '../exit-code.ts';
import { followJob } from '../follow-job.ts';
import { toJsonLine } from '../json-value.ts';
import { findJobId, type GridOptions, withGrid } from '../session.ts';
import type { Terminal } from '../terminal.ts';

/** `manytabs retry ID`: the tasks that failed once more, as a job of their own. */
export function retry(
  terminal: Terminal,
  id: string,
  options: GridOptions & { readonly detach?: boolean },
) {
  return withGrid(terminal, options, async (grid) => {
    const again = await grid.job(await findJobId(grid, id)).retryFailed();
    const json = options.json === true;
    if (options.detach) {
      terminal.out(json ? toJsonLine({ job: again, state: 'running' }) : again);
      return EXIT.done;
    }
    terminal.err(`Job ${again} is submitted.`);
    return followJob(grid.job(again), terminal, { json, cancelOnInterrupt: true });
  });
}
