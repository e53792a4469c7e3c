import { availableParallelism } from 'node:os';
import { GridError, isErrorCode } from '@manytabs/protocol';
import type { Fault } from 'manytabs/volunteer';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { findGrid, type GridAddress } from '../find-grid.ts';
import { HeadlessTabs, type TabOptions, type TabState } from '../headless-tabs.ts';
import { toJsonLine } from '../json-value.ts';
import type { GridOptions } from '../session.ts';
import type { Terminal } from '../terminal.ts';

export interface VolunteerOptions extends GridOptions {
  readonly tabs: number;
  readonly workers?: number;
  readonly memory?: number;
  readonly trusted?: boolean;
  readonly fault?: Fault;
}

/**
 * `manytabs volunteer [URL]`: headless tabs that donate until Ctrl-C, which lets their tasks end first. Ends by itself
 * when every tab has closed itself.
 */
export async function volunteer(
  terminal: Terminal,
  url: string | undefined,
  options: VolunteerOptions,
): Promise<ExitCode> {
  const grid = findGrid(
    { url: url ?? options.url, token: options.token },
    terminal.env,
    terminal.folder,
  );
  const tabOptions: TabOptions = {
    workers: options.workers ?? Math.max(1, Math.floor(availableParallelism() / options.tabs)),
    fault: options.fault,
    memory: options.memory,
    ...(await admission(grid, options.trusted === true)),
  };
  const tabs = await HeadlessTabs.launch();
  const report = reporter(terminal, options.json === true);
  try {
    for (let tab = 0; tab < options.tabs; tab++) await tabs.open(grid.url, tabOptions, report);
    await untilOver(tabs, terminal.interrupted);
    if (terminal.interrupted.aborted) terminal.err('Finishing what runs…');
    await tabs.finish();
  } finally {
    await tabs.close();
  }
  return EXIT.done;
}

/** A token goes along where it is needed: to be believed, or to be let into a private grid. */
async function admission(
  { url, token }: GridAddress,
  trusted: boolean,
): Promise<Pick<TabOptions, 'token' | 'trusted'>> {
  if (trusted) {
    if (token !== undefined) return { token };
    throw new GridError('token-missing', 'A trusted tab needs the token of the grid.');
  }
  if (!(await isPrivate(url))) return {};
  if (token !== undefined) return { token, trusted: 'no' };
  throw new GridError('token-missing', 'This grid is private: donating takes a token too.');
}

/** A grid that cannot be asked is called by the tabs, which tell what is wrong with it. */
async function isPrivate(url: string): Promise<boolean> {
  try {
    const response = await fetch(new URL('/api/status', url));
    return ((await response.json()) as { private?: unknown }).private === true;
  } catch {
    return false;
  }
}

async function untilOver(tabs: HeadlessTabs, interrupted: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    tabs.onLost(() => reject(new GridError('connection-lost', 'The browser is gone.')));
    for (const tab of tabs.tabs) {
      tab.onClosed(() => {
        if (tabs.openTabs.length === 0) resolve();
      });
    }
    const failed = () => {
      const reason = reasonOfAll(tabs);
      if (reason) reject(reason);
    };
    for (const tab of tabs.tabs) tab.onState(failed);
    failed();
    if (interrupted.aborted) resolve();
    else interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Why none of the tabs can go on without a person, as nobody is here to press anything. */
function reasonOfAll({ openTabs }: HeadlessTabs): GridError | undefined {
  const [first] = openTabs;
  if (!first || openTabs.some(({ state }) => state.state !== 'failed')) return undefined;
  const { problem, why } = first.state;
  return new GridError(isErrorCode(problem) ? problem : 'closed', why || 'The tab cannot go on.');
}

/** States between which a tab that computes small tasks goes to and fro many times a second. */
const AT_WORK: ReadonlySet<string> = new Set(['waiting', 'fetching', 'computing']);
const EVERY_MS = { json: 1_000, text: 10_000 } as const;

/** Tells a tab's news: when it comes, goes or changes for a person to see, else its tasks now and then. */
function reporter(terminal: Terminal, json: boolean): (state: TabState) => void {
  const told = new Map<number, { key: string; at: number }>();
  return (state) => {
    const { tab, road, volunteer: id, problem } = state;
    const key = [AT_WORK.has(state.state) ? 'at work' : state.state, road, id, problem].join(' ');
    const last = told.get(tab);
    const isDue = last !== undefined && Date.now() - last.at >= EVERY_MS[json ? 'json' : 'text'];
    if (key === last?.key && !isDue) return;
    told.set(tab, { key, at: Date.now() });
    if (json) terminal.out(toJsonLine({ event: 'tab', ...state }));
    else terminal.err(tabLine(state));
  };
}

function tabLine({ tab, state, road, volunteer: id, tasksDone, problem, why }: TabState): string {
  const parts = [
    state,
    road && `over ${road}`,
    id && `as ${id}`,
    `${tasksDone} tasks`,
    problem,
    why,
  ];
  return `tab ${tab + 1}: ${parts.filter(Boolean).join(', ')}`;
}
