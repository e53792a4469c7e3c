import { EXIT } from '../exit-code.ts';
import { findJobId, type GridOptions, print, withGrid } from '../session.ts';
import { clean } from '../table.ts';
import type { Terminal } from '../terminal.ts';

/** `manytabs logs ID`: what the job's tasks wrote with ctx.log, oldest first. */
export function logs(terminal: Terminal, id: string, options: GridOptions) {
  return withGrid(terminal, options, async (grid) => {
    const rows = await grid.job(await findJobId(grid, id)).logs();
    print(terminal, options, rows, (all) =>
      all.map(({ at, index, volunteer, text }) => {
        return `${new Date(at).toISOString()} task ${index} ${volunteer} ${clean(text)}`;
      }),
    );
    return EXIT.done;
  });
}
