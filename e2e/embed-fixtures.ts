import type { Frame, Page } from '@playwright/test';
import { test as base, expect, valuesOf } from './fixtures.ts';
import type { GridProcess } from './grid-process.ts';
import { type HostPage, HostSite } from './host-site.ts';
import { SQUARE_JS, squares } from './tasks.ts';

interface EmbedFixtures {
  /** Somebody else's site. */
  readonly site: HostSite;
  /** A third one, for which it has no key. */
  readonly otherSite: HostSite;
  /** A key of the grid for that site. */
  readonly sitekey: string;
  /** Opens the site's page with a widget, plain unless said otherwise; gives the widget's frame. */
  readonly openWidget: (page?: Partial<HostPage>) => Promise<Frame>;
  /** A visitor allows it, and then it computes what the grid has. */
  readonly expectToCompute: (frame: Frame) => Promise<void>;
}

export const test = base.extend<EmbedFixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
  site: async ({}, use) => {
    await HostSite.during(use);
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
  otherSite: async ({}, use) => {
    await HostSite.during(use);
  },
  sitekey: async ({ grid, site }, use) => {
    await use(await siteKey(grid, site.origin));
  },
  openWidget: async ({ page, grid, site, sitekey }, use) => {
    await use(async (given) => {
      await page.goto(site.page('/', { body: plainPage(grid, sitekey), ...given }));
      return widgetOf(page);
    });
  },
  expectToCompute: async ({ grid }, use) => {
    await use(async (frame) => {
      await allow(frame);
      await reasonIs(frame, 'no-work');
      const file = grid.file('square.js', SQUARE_JS);
      const { rows } = await grid.run(
        ...['run', file, '--inputs', 'range:0..50', '--trust', 'none', '--json'],
      );
      expect(valuesOf(rows, 50)).toEqual(squares(50));
      await expect(frame.locator('html')).toHaveAttribute('data-tasks-done', '50');
    });
  },
  page: async ({ page }, use) => {
    // A busy machine is under pressure, and the widget would rest.
    await page.addInitScript('delete globalThis.PressureObserver');
    await use(page);
  },
});

export { expect };

export async function siteKey(grid: GridProcess, origin: string): Promise<string> {
  const args = ['token', 'create', '--scope', 'embed', '--origin', origin, '--json'];
  const { rows, stderr } = await grid.run(...args);
  expect(rows, stderr).toHaveLength(1);
  return String(rows[0]?.token);
}

/** A page with the widget's loader and markup. */
export function plainPage(grid: GridProcess, sitekey: string, more = ''): string {
  const script = `<script async src="${new URL('sdk/v1.js', grid.ready.url).href}"></script>`;
  const widget = `<div class="manytabs-widget" data-sitekey="${sitekey}" data-callback="heard"></div>`;
  const hear = '<script>window.states = []; window.heard = (s) => states.push(s.state);</script>';
  return `<!doctype html><meta charset="utf-8"><title>News</title>${hear}<h1>News</h1>${widget}${script}${more}`;
}

/** The widget's frame, once it has looked at where it is. */
export async function widgetOf(page: Page, nth = 0): Promise<Frame> {
  const element = page.locator('iframe[src*="embed.html"]').nth(nth);
  const frame = await (await element.elementHandle())?.contentFrame();
  if (!frame) throw new TypeError('The page has no widget.');
  await frame.waitForSelector('html:not([data-state=loading])');
  return frame;
}

export function stateIs(frame: Frame, state: RegExp | string) {
  return expect(frame.locator('html')).toHaveAttribute('data-state', state);
}

export function reasonIs(frame: Frame, reason: string) {
  return expect(frame.locator('html')).toHaveAttribute('data-reason', reason);
}

/** Presses Allow as a person does, who needs a moment to read, and presses again where nothing came of it. */
export async function allow(frame: Frame): Promise<void> {
  const isAsking = frame.locator('html:is([data-state=asking],[data-state=stopped])');
  await expect(async () => {
    if ((await isAsking.count()) > 0) await frame.click('#allow', { timeout: 1_000 });
    await expect(isAsking).toHaveCount(0, { timeout: 500 });
  }).toPass();
}

/** Counts the connections of all frames of a page. */
export function socketsOf(page: Page): string[] {
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  return sockets;
}

export async function volunteers(grid: GridProcess): Promise<number> {
  const response = await fetch(new URL('api/status', grid.ready.url));
  return ((await response.json()) as { volunteers: number }).volunteers;
}
