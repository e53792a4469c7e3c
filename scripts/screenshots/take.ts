import { join } from 'node:path';
import { launchBrowser } from '@manytabs/browser';
import type { Browser, Page } from 'playwright-core';
import { serveApp } from './serve-app.ts';
import { SHOTS, type Shot } from './shots.ts';
import { takeVolunteer } from './volunteer-shots.ts';
import { takeWidget } from './widget.ts';

const WIDE = { width: 1120, height: 700 };
const TALL = { width: 1120, height: 1150 };
const PHONE = { width: 390, height: 780 };
/** The last numbers, pictures and fonts. */
const SETTLE_MS = 1_500;

/**
 * `npm run screenshots -- [NAME…]`: takes the pictures of docs/images anew, or those whose names begin so, from the
 * console and the volunteer's page over a made-up grid.
 */
export async function takeScreenshots(root: string, names: readonly string[]): Promise<number> {
  const isWanted = (picture: string) =>
    names.length === 0 || names.some((name) => picture.startsWith(name));
  const browser = await launchBrowser();
  try {
    await takeConsole(root, browser, isWanted);
    await takeVolunteer(root, browser, isWanted);
    await takeWidget(root, browser, isWanted);
    return 0;
  } finally {
    await browser.close();
  }
}

function takeConsole(
  root: string,
  browser: Browser,
  isWanted: (picture: string) => boolean,
): Promise<void> {
  return serveApp(root, { name: 'console' }, async (address) => {
    for (const shot of SHOTS.filter(({ name }) => isWanted(name))) {
      await take(browser, address, shot, join(root, 'docs/images', `${shot.name}.png`));
      process.stderr.write(`${shot.name}\n`);
    }
  });
}

async function take(browser: Browser, address: string, shot: Shot, path: string): Promise<void> {
  const context = await browser.newContext({
    viewport: shot.phone ? PHONE : shot.tall ? TALL : WIDE,
    colorScheme: shot.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    locale: 'en-US',
  });
  try {
    const page = await context.newPage();
    await page.goto(`${address}?fixture=${shot.scene ?? 'busy'}${shot.page}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shot.prepare?.(page);
    await settle(page);
    await page.screenshot({ path, animations: 'disabled' });
  } finally {
    await context.close();
  }
}

async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.waitForTimeout(SETTLE_MS);
}
