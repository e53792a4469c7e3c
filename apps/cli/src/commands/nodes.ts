import { quarantineTable } from '../belief-text.ts';
import { EXIT } from '../exit-code.ts';
import { type GridOptions, print, withGrid } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { nodeTable } from '../wording.ts';

/** `manytabs nodes`: the volunteers that are here, or those who are shut out. */
export function nodes(
  terminal: Terminal,
  options: GridOptions & { readonly quarantined?: boolean },
) {
  return withGrid(terminal, options, async (grid) => {
    if (options.quarantined) {
      print(terminal, options, await grid.quarantined(), quarantineTable);
      return EXIT.done;
    }
    print(terminal, options, await grid.nodes(), nodeTable);
    return EXIT.done;
  });
}
