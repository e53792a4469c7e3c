import type { Job } from 'manytabs';
import { EXIT } from '../exit-code.ts';
import { toJsonLine } from '../json-value.ts';
import { findJob, findJobId, type GridOptions, withGrid } from '../session.ts';
import type { Terminal } from '../terminal.ts';

export type Control = 'pause' | 'resume' | 'cancel';

/** `manytabs pause|resume|cancel ID`, and `kill PID`, which is cancel. */
export function control(
  terminal: Terminal,
  action: Control,
  id: string,
  options: GridOptions & { readonly reason?: string },
) {
  return withGrid(terminal, options, async (grid) => {
    const jobId = await findJobId(grid, id);
    await act(grid.job(jobId), action, options.reason);
    const { state } = await findJob(grid, jobId);
    terminal.out(options.json ? toJsonLine({ job: jobId, state }) : `${jobId} ${state}`);
    return EXIT.done;
  });
}

function act(job: Job<unknown>, action: Control, reason: string | undefined): Promise<void> {
  switch (action) {
    case 'pause':
      return job.pause();
    case 'resume':
      return job.resume();
    case 'cancel':
      return job.cancel(reason);
  }
}
