import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { GridError, toGridError } from '@manytabs/protocol';
import { openOnDesktop } from '../desktop.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { GRID_FILE, type GridFile, readGridFile } from '../find-grid.ts';
import { toJsonLine } from '../json-value.ts';
import type { Terminal } from '../terminal.ts';

export interface UpOptions {
  readonly port: number;
  readonly udpPort?: number;
  readonly host: string;
  readonly data?: string;
  readonly database?: string;
  readonly blobs?: string;
  readonly advertise?: string;
  readonly public?: string;
  readonly open?: boolean;
  readonly private?: boolean;
  readonly sandboxOrigin?: string;
  readonly allowHost?: readonly string[];
  readonly allowOrigin?: readonly string[];
  readonly json?: boolean;
  readonly log?: string;
  /** Seconds. */
  readonly drain: number;
  readonly keepJobs: number;
  readonly iceServer?: readonly string[];
  readonly turnSecret?: string;
  readonly keepGib: number;
  /** Seconds. */
  readonly keepUnused: number;
}

/** `manytabs up`: a grid, until Ctrl-C or SIGTERM. */
export async function up(terminal: Terminal, options: UpOptions): Promise<ExitCode> {
  const { port, host, database } = options;
  const dataDir = resolve(terminal.folder, options.data ?? '.manytabs');
  refuseSecondGrid(terminal.folder, dataDir);
  // Loaded once it is clear that there will be a grid: it takes half a second.
  const { startCoordinator } = await import('@manytabs/coordinator');
  const logTo = options.log === undefined ? undefined : logTarget(terminal.folder, options.log);
  const log = logTo === '-' ? undefined : (line: string) => terminal.err(line);
  const access = {
    isPrivate: options.private,
    sandboxOrigin: options.sandboxOrigin,
    allowHosts: options.allowHost,
    allowOrigins: options.allowOrigin?.map(originOf),
    iceServers: options.iceServer,
    turnSecret: options.turnSecret,
  };
  const keep = {
    jobs: options.keepJobs,
    bytes: options.keepGib * 1024 ** 3,
    unusedMs: options.keepUnused * 1000,
  };
  const { udpPort } = options;
  const place = { host, port, udpPort, advertise: options.advertise, publicUrl: options.public };
  const start = startCoordinator({
    ...place,
    dataDir,
    database,
    blobs: options.blobs,
    log,
    logTo,
    keep,
    ...access,
  });
  const grid = await start.catch((error) => {
    throw startFailure(error, options);
  });
  const gridFile = { url: grid.url, token: grid.token, pid: process.pid, data: dataDir };
  const forget = rememberGrid(terminal.folder, gridFile);
  try {
    tellAddresses(terminal, grid, options.json === true);
    if (options.open) openOnDesktop(grid.consoleUrl);
    const fenced = await Promise.race([aborted(terminal.interrupted), grid.fenced]);
    if (fenced) throw fenced;
    terminal.err('Closing, once the results that are on their way are in…');
    await grid.drain(options.drain * 1000);
  } finally {
    forget();
    await grid.close();
  }
  return EXIT.done;
}

function logTarget(folder: string, to: string): string {
  return to === '-' ? to : resolve(folder, to);
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.origin;
  throw new GridError('usage', `${text} is no site, such as https://example.org.`);
}

function startFailure(thrown: unknown, { host, port }: UpOptions): GridError {
  const { code } = (thrown ?? {}) as { code?: unknown };
  const error = toGridError(thrown, code === 'EADDRINUSE' ? 'address-in-use' : 'storage-failed');
  if (error.code !== 'address-in-use') return error;
  const message = `Something else listens on ${host}:${port}.`;
  return new GridError('address-in-use', message, { cause: thrown });
}

/** Two grids on one folder of data would each undo the other's. */
function refuseSecondGrid(folder: string, dataDir: string): void {
  const found = readGridFile(folder);
  if (!found || found.data !== dataDir || !isAlive(found.pid)) return;
  const message = `A grid with this data is up already: ${found.url} (process ${found.pid}).`;
  throw new GridError('data-in-use', message);
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Lets commands in this folder find the grid; only its owner may read the token. Returns how to undo it. */
function rememberGrid(folder: string, file: GridFile): () => void {
  const path = join(folder, GRID_FILE);
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  writeFileSync(path, `${JSON.stringify(file)}\n`, { mode: 0o600 });
  return () => {
    if (readGridFile(folder)?.pid === file.pid) rmSync(path, { force: true });
  };
}

function tellAddresses(
  terminal: Terminal,
  grid: { url: string; consoleUrl: string; volunteerUrl: string; token: string },
  json: boolean,
): void {
  const { url, consoleUrl, volunteerUrl, token } = grid;
  if (json) {
    const ready = { url, console: consoleUrl, volunteer: volunteerUrl, token, pid: process.pid };
    terminal.out(toJsonLine(ready));
    return;
  }
  terminal.out(`Console    ${consoleUrl}`);
  terminal.out(`Volunteer  ${volunteerUrl}`);
  terminal.err('The grid is up. Ctrl-C ends it.');
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}
