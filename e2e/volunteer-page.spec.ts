import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

const BUSY_JS = `export default (n) => {
  const end = Date.now() + 20; let x = n;
  for (let i = 0; i < 4e6; i++) x = (x * 1103515245 + 12345) % 2147483648;
  return x;
}`;

const isIn = (page: Page, phase: string, reason = '') => {
  const root = page.locator('html');
  return Promise.all([
    expect(root).toHaveAttribute('data-phase', phase),
    expect(root).toHaveAttribute('data-reason', reason),
  ]);
};

async function open(page: Page, url: string): Promise<void> {
  // A busy machine is under pressure, and the tab would go easy.
  await page.addInitScript('delete globalThis.PressureObserver');
  await page.goto(url);
}

test('[UI40] before Start nothing is stored, in English or another language', async ({
  page,
  grid,
}) => {
  for (const fragment of ['', '#lang=ar']) {
    await open(page, `${grid.ready.volunteer}${fragment}`);
    await expect(page.locator('#start')).toBeEnabled();
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    expect(await page.evaluate(() => indexedDB.databases())).toEqual([]);
    await page.reload();
  }
});

test('[UI53] a pause for an hour rests, says until when, and ends at a press', async ({
  page,
  grid,
}) => {
  await open(page, grid.ready.volunteer);
  await page.click('#start');
  await isIn(page, 'waiting', 'no-work');
  await page.click('#pause-hour');
  await isIn(page, 'waiting', 'paused');
  await expect(page.locator('#state-detail')).toContainText('You asked for a pause until');
  await page.click('#pause-hour');
  await isIn(page, 'waiting', 'no-work');
});

test('[UI53] quiet hours by keyboard alone rest the tab, also after a reload', async ({
  page,
  grid,
}) => {
  await open(page, grid.ready.volunteer);
  await page.click('#start');
  await isIn(page, 'waiting', 'no-work');
  await page.locator('summary[data-say="limits.hours"]').press('Enter');
  const hour = await page.evaluate(() => {
    const now = new Date();
    return ((now.getDay() + 6) % 7) * 24 + now.getHours();
  });
  const cells = page.locator('#hours button');
  await cells.first().focus();
  for (let i = 0; i < Math.floor(hour / 24); i++) await page.keyboard.press('ArrowDown');
  for (let i = 0; i < hour % 24; i++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await expect(cells.nth(hour)).toHaveAttribute('aria-pressed', 'true');
  await isIn(page, 'waiting', 'quiet-hours');
  await expect.poll(() => page.evaluate(() => localStorage.getItem('manytabs-rules'))).toMatch(/1/);
  await page.reload();
  await page.click('#start');
  await isIn(page, 'waiting', 'quiet-hours');
});

test('[UI58] what ran is on the record; [UI56] its submitter can be blocked, and the job goes to others', async ({
  page,
  grid,
  openTab,
}) => {
  await open(page, grid.ready.volunteer);
  await page.click('#start');
  await isIn(page, 'waiting', 'no-work');
  const file = grid.file('busy.js', BUSY_JS);
  const first = await grid.run(
    ...['run', file, '--inputs', 'range:0..20', '--trust', 'none', '--name', 'Twenty', '--json'],
  );
  expect(first.code).toBe(0);
  const row = page.locator('#record li').first();
  await expect(row).toContainText('Twenty');
  await expect(row).toContainText('20 tasks');
  await row.getByRole('button', { name: /^Block/ }).click();
  const before = await page.locator('html').getAttribute('data-tasks-done');
  await openTab();
  const second = await grid.run(
    ...['run', file, '--inputs', 'range:0..30', '--trust', 'none', '--name', 'Thirty', '--json'],
  );
  expect(second.code).toBe(0);
  await expect(page.locator('html')).toHaveAttribute('data-tasks-done', before ?? '');
});

test('[UI60] a language is chosen on the page and stays', async ({ page, grid }) => {
  await open(page, grid.ready.volunteer);
  await page.selectOption('#language', 'de');
  await expect(page.locator('#start')).toHaveText('Start');
  await expect(page.locator('#finish')).toHaveText('Zu Ende führen, dann aufhören');
  await page.goto(`${grid.ready.volunteer}#lang=ar`);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(page.locator('#start')).toHaveText('ابدأ');
});

test('[UI61] in the pseudo-locale no text of ours is left plain', async ({ page, grid }) => {
  await open(page, `${grid.ready.volunteer}#lang=en-XA`);
  await expect(page.locator('h1')).toHaveText(/^\[/);
  const plain = await page.locator('main').evaluate((main) => {
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      const text = (node.textContent ?? '').trim();
      const isOurs = /[a-z]{3}/i.test(text) && !parent?.closest('[hidden], th, noscript');
      if (isOurs && !/[[\]åéîöûšñç]/i.test(text)) found.push(text);
    }
    return found;
  });
  expect(plain.filter((text) => !/^\d+ [KMG]iB$/.test(text))).toEqual([]);
});

test('[UI62] forget me removes all that was stored', async ({ page, grid }) => {
  await open(page, grid.ready.volunteer);
  await page.click('#start');
  await isIn(page, 'waiting', 'no-work');
  await page.click('#pause-hour');
  await expect.poll(() => page.evaluate(() => localStorage.length)).toBeGreaterThan(1);
  await page.click('#forget');
  await expect(page.locator('#forget-sure')).toBeVisible();
  await Promise.all([page.waitForEvent('load'), page.click('#forget')]);
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  await isIn(page, 'idle');
});

for (const scheme of ['light', 'dark'] as const) {
  test(`[UI63] axe finds nothing serious before and after Start, ${scheme}`, async ({
    page,
    grid,
  }) => {
    await page.emulateMedia({ colorScheme: scheme });
    for (const path of ['', 'safety']) {
      await open(page, new URL(path, grid.ready.volunteer).href);
      for (const summary of await page.locator('summary:visible').all()) await summary.click();
      expect(await serious(page), path).toEqual([]);
    }
    await open(page, grid.ready.volunteer);
    await page.click('#start');
    await isIn(page, 'waiting', 'no-work');
    for (const summary of await page.locator('summary:visible').all()) await summary.click();
    expect(await serious(page)).toEqual([]);
  });
}

async function serious(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .exclude('iframe')
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html }) => html)
          .join(' | ')
          .slice(0, 600)}`,
    );
}
