import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { type TabOptions, volunteerAddress } from '../apps/cli/src/headless-tabs.ts';
import { GridProcess } from './grid-process.ts';

/** A volunteer's tab in a profile, and so with an identity, of its own. */
export interface VolunteerTab {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly volunteer: string;
}

export type OpenTab = (options?: TabOptions & { readonly url?: string }) => Promise<VolunteerTab>;

interface Settings {
  /** What the grid is started with, beside the usual. */
  readonly upArgs: readonly string[];
}

interface Fixtures extends Settings {
  readonly grid: GridProcess;
  /** Opens the volunteer page, presses Start and waits until the grid knows the tab. */
  readonly openTab: OpenTab;
}

export const test = base.extend<Fixtures>({
  upArgs: [[], { option: true }],
  grid: async ({ upArgs }, use) => {
    const grid = await GridProcess.start(upArgs);
    await use(grid);
    await grid.stop();
  },
  openTab: async ({ grid, browser }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async ({ url = grid.ready.volunteer, ...options } = {}) => {
      const context = await browser.newContext();
      contexts.push(context);
      const page = await context.newPage();
      await page.goto(volunteerAddress(url, { workers: 1, ...options }));
      await page.click('#start');
      const root = page.locator('html');
      await expect(root).toHaveAttribute('data-state', /waiting|fetching|computing/);
      const volunteer = (await root.getAttribute('data-volunteer')) ?? '';
      expect(volunteer).toMatch(/^v[a-z2-7]{26}$/);
      return { page, context, volunteer };
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

export { expect };

/** Values by index of the rows that `run --json` wrote; every index must be there once. */
export function valuesOf(rows: readonly Record<string, unknown>[], count: number): unknown[] {
  const results = rows.filter((row) => 'index' in row);
  const indexes = results.map(({ index }) => index as number).sort((a, b) => a - b);
  expect(indexes).toEqual(Array.from({ length: count }, (_, index) => index));
  expect(results.filter(({ status }) => status !== 'fulfilled')).toEqual([]);
  const values: unknown[] = [];
  for (const { index, value } of results) values[index as number] = value;
  return values;
}
