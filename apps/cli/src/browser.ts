import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { GridError } from '@manytabs/protocol';
import { type Browser, chromium } from 'playwright-core';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
];

/** Where browsers live that are not on the PATH. */
const PLACES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** A headless grid tab must compute though nobody looks at it, and must not phone anybody but the grid. */
export const BROWSER_FLAGS: readonly string[] = [
  '--disable-background-networking',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-component-update',
  '--disable-quic',
  '--disable-renderer-backgrounding',
  '--disable-sync',
  '--no-first-run',
  // Chromium refuses to sandbox itself for root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/**
 * A Chromium on this machine: the one MANYTABS_BROWSER names, else the first on the PATH, else an installed one, else
 * Playwright's own download.
 */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env.MANYTABS_BROWSER;
  if (named) return isProgram(named) ? named : onPath(named, env);
  for (const name of NAMES) {
    const found = onPath(name, env);
    if (found) return found;
  }
  return [...(PLACES[process.platform] ?? []), chromium.executablePath()].find(existsSync);
}

/** @throws {GridError} `browser-missing`. */
export function mustFindBrowser(): string {
  const found = findBrowser();
  if (found) return found;
  const named = process.env.MANYTABS_BROWSER;
  const message = named
    ? `MANYTABS_BROWSER names ${named}, which is no program.`
    : 'No Chromium, Chrome or Edge was found on this machine.';
  throw new GridError('browser-missing', message);
}

/** @throws {GridError} `browser-missing`. */
export async function launchBrowser(options: { flags?: readonly string[] } = {}): Promise<Browser> {
  const executablePath = mustFindBrowser();
  try {
    return await chromium.launch({
      executablePath,
      args: [...BROWSER_FLAGS, ...(options.flags ?? [])],
      // Ctrl-C is the command's to handle: it lets the tabs finish first.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
  } catch (cause) {
    throw new GridError('browser-missing', `${executablePath} does not start.`, { cause });
  }
}

export function onPath(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const suffix = process.platform === 'win32' && !name.endsWith('.exe') ? '.exe' : '';
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name + suffix)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
