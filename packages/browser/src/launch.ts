import { GridError } from '@manytabs/protocol';
import { type Browser, chromium } from 'playwright-core';
import { mustFindBrowser } from './find.ts';

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
