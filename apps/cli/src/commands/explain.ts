import { EXIT } from '../exit-code.ts';
import { toJsonLine } from '../json-value.ts';
import { findJobId, type GridOptions, withGrid } from '../session.ts';
import type { Terminal } from '../terminal.ts';

/** `manytabs explain ID`: why the job does not run, or not faster. */
export function explain(terminal: Terminal, id: string, options: GridOptions) {
  return withGrid(terminal, options, async (grid) => {
    const explanation = await grid.job(await findJobId(grid, id)).explain();
    if (options.json) terminal.out(toJsonLine(explanation));
    else for (const sentence of explanation.sentences) terminal.out(sentence);
    return EXIT.done;
  });
}
