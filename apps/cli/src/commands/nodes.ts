import { EXIT } from '../exit-code.ts';
import { type GridOptions, print, withGrid } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { nodeTable } from '../wording.ts';

/** `manytabs nodes`: the volunteers that are here. */
export function nodes(terminal: Terminal, options: GridOptions) {
  return withGrid(terminal, options, async (grid) => {
    print(terminal, options, await grid.nodes(), nodeTable);
    return EXIT.done;
  });
}
