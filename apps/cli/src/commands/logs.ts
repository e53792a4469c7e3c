import type { LogRow } from '@manytabs/protocol';
import type { Job } from 'manytabs';
import { EXIT } from '../exit-code.ts';
import { findJobId, type GridOptions, print, withGrid } from '../session.ts';
import { clean } from '../table.ts';
import type { Terminal } from '../terminal.ts';

type Row = Pick<LogRow, 'at' | 'index' | 'text'> & { readonly volunteer: string };

/** `manytabs logs ID [-f]`: what the job's tasks wrote with ctx.log, oldest first; with -f until it ends. */
export function logs(
  terminal: Terminal,
  id: string,
  options: GridOptions & { readonly follow?: boolean },
) {
  return withGrid(terminal, options, async (grid) => {
    const job = grid.job(await findJobId(grid, id));
    const tell = (rows: readonly Row[]) => print(terminal, options, rows, logLines);
    if (options.follow) await follow(job, terminal, tell);
    else tell(await job.logs());
    return EXIT.done;
  });
}

/** Those that come while the old ones are read are told after them. */
async function follow(
  job: Job<unknown>,
  terminal: Terminal,
  tell: (rows: readonly Row[]) => void,
): Promise<void> {
  let early: Row[] | undefined = [];
  const off = job.on('log', ({ at, index, volunteer, text }) => {
    const row = { at, index, volunteer, text };
    if (early) early.push(row);
    else tell([row]);
  });
  const old = await job.logs();
  const last = old[old.length - 1]?.at ?? 0;
  tell([...old, ...early.filter(({ at }) => at > last)]);
  early = undefined;
  await job.ended({ signal: terminal.interrupted }).catch(() => undefined);
  off();
}

function logLines(rows: readonly Row[]): string[] {
  return rows.map(({ at, index, volunteer, text }) => {
    return `${new Date(at).toISOString()} task ${index} ${volunteer} ${clean(text)}`;
  });
}
