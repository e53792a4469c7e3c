import type { JobId, JobView } from '@manytabs/protocol';
import { GridError, jobIdSchema } from '@manytabs/protocol';
import { Grid, type GridApi } from 'manytabs';
import { findGrid, type Named } from './find-grid.ts';
import { toJsonLine } from './json-value.ts';
import type { Terminal } from './terminal.ts';

/** Options that every command which talks to a grid takes. */
export interface GridOptions extends Named {
  readonly json?: boolean | undefined;
}

const AGENT = 'manytabs command';

/** How long a grid may be away, for example to restart, before a command that waits for it ends. */
const AWAY_MS = 300_000;

/**
 * Does `work` with the grid that the options and the folder name, then hangs up.
 * @throws {GridError} `unreachable`, `token-missing`, `token-refused`, `connection-lost` where the grid is away for five
 * minutes, and what `work` throws.
 */
export async function withGrid<T>(
  terminal: Terminal,
  options: GridOptions,
  work: (grid: Grid) => Promise<T>,
): Promise<T> {
  const { url, token } = findGrid(options, terminal.env, terminal.folder);
  const grid = await connect(url, token, terminal);
  const { lost, forget } = watchConnection(grid, terminal);
  try {
    return await Promise.race([work(grid), lost]);
  } finally {
    forget();
    await grid.close();
  }
}

async function connect(url: string, token: string | undefined, terminal: Terminal): Promise<Grid> {
  try {
    return await Grid.connect(url, { token, agent: AGENT, signal: terminal.interrupted });
  } catch (thrown) {
    if (!(thrown instanceof GridError) || thrown.code !== 'unreachable') throw thrown;
    throw new GridError('unreachable', `No grid answers at ${url}.`, { cause: thrown });
  }
}

function watchConnection(grid: GridApi, terminal: Terminal) {
  let timer: NodeJS.Timeout | undefined;
  let off = () => {};
  const lost = new Promise<never>((_, reject) => {
    const giveUp = () => {
      const message = `The grid has been away for ${AWAY_MS / 60_000} minutes; jobs there are kept.`;
      reject(new GridError('connection-lost', message));
    };
    off = grid.on('state', (state) => {
      clearTimeout(timer);
      if (state === 'reconnecting') {
        timer = setTimeout(giveUp, AWAY_MS);
        terminal.err('The connection is lost; reconnecting…');
      } else if (state === 'connected') {
        terminal.err('Connected again.');
      }
    });
  });
  const forget = () => {
    clearTimeout(timer);
    off();
  };
  return { lost, forget };
}

/**
 * The job that a whole id, or the beginning of only one, names.
 * @throws {GridError} `job-unknown`; `usage` where several begin so.
 */
export async function findJob(grid: GridApi, text: string): Promise<JobView> {
  const jobs = await grid.jobs();
  const found = jobs.filter(({ jobId }) => jobId.startsWith(text));
  const [job] = found;
  if (!job || text === '') throw new GridError('job-unknown', `There is no job ${text}.`);
  if (found.length > 1) {
    const ids = found.map(({ jobId }) => jobId).join(', ');
    throw new GridError('usage', `${text} is the beginning of several jobs: ${ids}.`);
  }
  return job;
}

/** Asks the grid for an id's beginning only; a whole id is taken at its word. */
export async function findJobId(grid: GridApi, text: string): Promise<JobId> {
  const whole = jobIdSchema.safeParse(text);
  return whole.success ? whole.data : (await findJob(grid, text)).jobId;
}

/** Rows for a program (one JSON line each) or for a person (a table). */
export function print<Row>(
  terminal: Terminal,
  options: { readonly json?: boolean | undefined },
  rows: readonly Row[],
  table: (rows: readonly Row[]) => readonly string[],
): void {
  const lines = options.json ? rows.map(toJsonLine) : table(rows);
  for (const line of lines) terminal.out(line);
}
