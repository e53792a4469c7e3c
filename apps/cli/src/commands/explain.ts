import { GridError } from '@manytabs/protocol';
import { beliefLines } from '../belief-text.ts';
import { EXIT } from '../exit-code.ts';
import { toJsonLine } from '../json-value.ts';
import { findJobId, type GridOptions, withGrid } from '../session.ts';
import type { Terminal } from '../terminal.ts';

export interface ExplainOptions extends GridOptions {
  readonly task?: number;
}

/** `manytabs explain ID [--task N]`: why the job does not run, or not faster; why a result is believed. */
export function explain(terminal: Terminal, id: string, options: ExplainOptions) {
  return withGrid(terminal, options, async (grid) => {
    const job = grid.job(await findJobId(grid, id));
    if (options.task !== undefined) {
      const belief = await job.belief(options.task);
      if (!belief) throw new GridError('usage', `Job ${job.id} has no task ${options.task}.`);
      if (options.json) terminal.out(toJsonLine(belief));
      else for (const line of beliefLines(belief)) terminal.out(line);
      return EXIT.done;
    }
    const explanation = await job.explain();
    if (options.json) terminal.out(toJsonLine(explanation));
    else for (const sentence of explanation.sentences) terminal.out(sentence);
    return EXIT.done;
  });
}
