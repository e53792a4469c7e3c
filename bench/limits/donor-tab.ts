import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { BenchGrid } from '../bench-grid.ts';

export type Rules = Readonly<Record<string, unknown>>;

/** Nothing but what a figure is about may hold the tab back. */
const PLAIN: Rules = {
  power: 'custom',
  workers: 1,
  duty: 1,
  battery: 'same',
  metered: 'same',
  pressure: 'same',
};

/** A volunteer's tab whose person has made choices before: they lie where the page itself keeps them. */
export class DonorTab {
  readonly page: Page;
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
  }

  static async open(
    browser: Browser,
    grid: BenchGrid,
    options: { rules?: Rules; stored?: Rules; script?: () => void } = {},
  ): Promise<DonorTab> {
    const context = await browser.newContext();
    if (options.script) await context.addInitScript(options.script);
    const page = await context.newPage();
    await page.goto(grid.ready.url);
    const rules = { ...PLAIN, ...options.rules };
    const stored = { ...options.stored, 'manytabs-rules': rules };
    await page.evaluate((all) => {
      for (const [key, value] of Object.entries(all))
        localStorage.setItem(key, JSON.stringify(value));
    }, stored);
    await page.reload();
    return new DonorTab(context, page);
  }

  async start(): Promise<void> {
    await this.page.click('#start');
    await this.until('phase', /waiting|starting|computing/);
  }

  until(fact: string, pattern: RegExp, timeout = 30_000): Promise<unknown> {
    const wanted = { fact, pattern: pattern.source };
    return this.page.waitForFunction(
      ({ fact, pattern }) => new RegExp(pattern).test(document.documentElement.dataset[fact] ?? ''),
      wanted,
      { timeout },
    );
  }

  fact(name: string): Promise<string> {
    return this.page.evaluate((key) => document.documentElement.dataset[key] ?? '', name);
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
