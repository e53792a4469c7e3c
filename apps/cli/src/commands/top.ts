import { setTimeout as delay } from 'node:timers/promises';
import { hasEnded } from '@manytabs/protocol';
import type { GridApi } from 'manytabs';
import { EXIT } from '../exit-code.ts';
import { toJsonLine } from '../json-value.ts';
import { type GridOptions, withGrid } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { duration, nodeTable } from '../wording.ts';
import { processOf, processTable } from './ps.ts';

const EVERY_MS = 1000;
const CLEAR_SCREEN = '\u001b[2J\u001b[H';

/** `manytabs top`: one look at the whole computer; on a screen a new one every second until Ctrl-C. */
export function top(terminal: Terminal, options: GridOptions) {
  return withGrid(terminal, options, async (grid) => {
    if (options.json || !terminal.isScreen) {
      const look = await lookAt(grid);
      for (const line of options.json ? [toJsonLine(look)] : draw(look)) terminal.out(line);
      return EXIT.done;
    }
    while (!terminal.interrupted.aborted) {
      terminal.out(CLEAR_SCREEN + draw(await lookAt(grid)).join('\n'));
      await delay(EVERY_MS, undefined, { signal: terminal.interrupted }).catch(() => undefined);
    }
    return EXIT.done;
  });
}

type Look = Awaited<ReturnType<typeof lookAt>>;

async function lookAt(grid: GridApi) {
  const [status, jobs, nodes] = await Promise.all([grid.status(), grid.jobs(), grid.nodes()]);
  const processes = jobs.filter(({ state }) => !hasEnded(state)).map(processOf);
  return { status, processes, nodes };
}

function draw({ status, processes, nodes }: Look): string[] {
  const { volunteers, workers, tasks, uptimeSeconds } = status;
  const busy = workers === 0 ? 0 : Math.round((100 * tasks.running) / workers);
  return [
    `up ${duration(uptimeSeconds * 1000)}, ${volunteers} volunteers, ${workers} workers, ${busy} % busy`,
    `${tasks.running} tasks running, ${tasks.final} final`,
    '',
    ...processTable(processes),
    '',
    ...nodeTable(nodes),
  ];
}
