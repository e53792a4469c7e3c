import { type Browser, launch, type Page } from 'puppeteer-core';
import { type TabOptions, volunteerAddress } from '../apps/cli/src/headless-tabs.ts';
import { findFirefox } from '../scripts/find-firefox.ts';
import { test as base, expect } from './embed-fixtures.ts';

/** A volunteer's tab in the machine's own Firefox: Playwright drives only one that it has patched. */
export interface FirefoxTab {
  readonly page: Page;
  readonly browser: string;
  readonly volunteer: string;
}

interface FirefoxFixtures {
  readonly firefox: Browser;
  /** As `openTab` does it in Chromium. */
  readonly openFirefox: (options?: TabOptions) => Promise<FirefoxTab>;
}

export const test = base.extend<FirefoxFixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
  firefox: async ({}, use, info) => {
    const executablePath = findFirefox();
    info.skip(
      !executablePath,
      'no Firefox here: install firefox-esr, or name one with MANYTABS_FIREFOX',
    );
    const browser = await launch({
      browser: 'firefox',
      ...(executablePath ? { executablePath } : {}),
    });
    await use(browser);
    await browser.close();
  },
  openFirefox: async ({ firefox, grid }, use) => {
    await use(async (options) => {
      const page = await firefox.newPage();
      await page.goto(volunteerAddress(grid.ready.volunteer, { workers: 1, ...options }));
      await page.locator('#start').click();
      await page.waitForSelector('html:is([data-state=waiting],[data-state=computing])');
      const { volunteer = '' } = await attributesOf(page);
      return { page, browser: await firefox.version(), volunteer };
    });
  },
});

export { expect };

/** What the volunteer page says of itself. */
export function attributesOf(page: Page): Promise<Readonly<Record<string, string>>> {
  return page.evaluate(() => ({ ...document.documentElement.dataset }) as Record<string, string>);
}
