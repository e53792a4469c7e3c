import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import { build } from 'esbuild';

// A real Chromium over files served from memory: what browser tests of any package need.

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const FLAGS = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

/** The browser named by MANYTABS_BROWSER, or the first one on the PATH. */
export function browserPath(): string | undefined {
  const named = process.env.MANYTABS_BROWSER;
  if (named) return named;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function allFlags(flags: readonly string[]): string[] {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return [...FLAGS, ...asRoot, ...flags];
}

export function launchBrowser(flags: readonly string[] = []): Promise<Browser> {
  const executablePath = browserPath();
  return chromium.launch({
    ...(executablePath && { executablePath }),
    args: allFlags(flags),
  });
}

/**
 * Opens an address in a browser that nobody drives. Playwright holds every new frame of a page whose frame once
 * crashed, so what happens after a crash can only be seen without it; the page reports by requests to its server.
 */
export async function openUndriven(
  url: string,
  flags: readonly string[] = [],
): Promise<{ close(): Promise<void> }> {
  const profile = await mkdtemp(join(tmpdir(), 'manytabs-browser-'));
  const own = ['--headless=new', '--disable-gpu', '--disable-dev-shm-usage'];
  const args = [...allFlags(flags), ...own, `--user-data-dir=${profile}`, url];
  const browser = spawn(browserPath() ?? chromium.executablePath(), args, {
    stdio: 'ignore',
    detached: true,
  });
  const ended = once(browser, 'exit');
  return {
    close: async () => {
      if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** An answer served from memory; `policy` is its Content-Security-Policy, in which `{host}` is whom was asked. */
export interface Served {
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly policy?: string;
}

export interface FileServer {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly port: number;
  /** Every request so far: `METHOD /path`. Web sockets are `UPGRADE /path`. */
  readonly hits: readonly string[];
  close(): Promise<void>;
}

export async function serve(
  files: Readonly<Record<string, Served>>,
  host = '127.0.0.1',
): Promise<FileServer> {
  const hits: string[] = [];
  const server = createServer((request, response) => {
    hits.push(`${request.method} ${request.url}`);
    answer(files, request, response);
  });
  server.on('upgrade', (request, socket) => {
    hits.push(`UPGRADE ${request.url}`);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://${host}:${port}`, port, hits, close: () => closeServer(server) };
}

function answer(
  files: Readonly<Record<string, Served>>,
  { url = '/', headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const file = files[url.split('?')[0] ?? '/'];
  response.setHeader('access-control-allow-origin', '*');
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  const policy = file.policy?.replaceAll('{host}', headers.host ?? '');
  if (policy) response.setHeader('content-security-policy', policy);
  response.setHeader('content-type', file.type);
  response.end(file.body);
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** One browser script from a TypeScript entry, for `<script src>`. */
export async function bundleScript(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
  });
  return outputFiles[0]?.text ?? '';
}

export function scriptPage(src: string): string {
  return `<!doctype html><meta charset="utf-8"><title>test</title><body><script type="module" src="${src}"></script>`;
}
