import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { GridError } from '@manytabs/protocol';
import { chromium } from 'playwright-core';

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
