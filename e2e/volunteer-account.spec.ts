import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import type { GridProcess } from './grid-process.ts';
import { SQUARE_JS } from './tasks.ts';

// What the grid knows of a volunteer, as its page shows it.

async function start(page: Page, grid: GridProcess): Promise<void> {
  await page.goto(`${grid.ready.volunteer}#workers=1`);
  await page.click('#start');
  await expect(page.locator('html')).toHaveAttribute('data-phase', 'waiting');
  await expect(page.locator('#credit')).not.toHaveText('–');
  const details = page.locator('#account details:not(#board) > summary');
  for (const summary of await details.all()) await summary.click();
}

test('[UI259] two browsers are one donor by a code, which is on the list and in the statistics', async ({
  page,
  grid,
  browser,
}) => {
  await start(page, grid);
  const file = grid.file('square.js', SQUARE_JS);
  await grid.run('run', file, '--inputs', 'range:0..80', '--trust', 'none', '--json');
  await page.fill('#donor-name', 'Ada \u202e<b>');
  await page.fill('#donor-team', 'Blue');
  await page.check('#listed');
  await page.click('#profile button');
  await expect(page.locator('#account-said')).toHaveText('Saved.');
  await expect(page.locator('#credit')).toContainText('80 tasks');
  await page.click('#link-code');
  const shown = page.locator('#link-code-text');
  await expect(shown).toHaveText(/[a-z2-7]{10}/);
  const code = /[a-z2-7]{10}/.exec((await shown.textContent()) ?? '');

  const context = await browser.newContext();
  const other = await context.newPage();
  await start(other, grid);
  await other.fill('#code', code?.[0] ?? '');
  await other.click('#link button');
  await expect(other.locator('#donor-credit')).toContainText('80 tasks');
  await expect(other.locator('#devices')).toHaveText('2 devices');
  await other.fill('#code', code?.[0] ?? '');
  await other.click('#link button');
  await expect(other.locator('#account-said')).toContainText('input-invalid');
  await context.close();

  await page.click('#board summary');
  await expect(page.locator('#board-rows')).toContainText('Ada <b>');
  const stats = await (await fetch(new URL('api/stats', grid.ready.volunteer))).json();
  expect(stats).toMatchObject({ version: 1, credit: { tasks: 80 }, teams: [{ team: 'Blue' }] });
  expect(stats.donors).toMatchObject([{ name: 'Ada <b>', devices: 2, tasks: 80 }]);
});

test('[UI260] a volunteer that is held back reads why, and appeals', async ({
  page,
  grid,
  openTab,
}) => {
  await page.goto(`${grid.ready.volunteer}#workers=1&fault=wrong`);
  await page.click('#start');
  await expect(page.locator('html')).toHaveAttribute('data-phase', 'waiting');
  await openTab();
  await openTab();
  const file = grid.file('square.js', SQUARE_JS);
  const nodes = async () => (await grid.run('nodes', '--json')).rows;
  const isHeld = async () => (await nodes()).some(({ state }) => state === 'quarantined');
  for (let round = 0; round < 20 && !(await isHeld()); round++)
    await grid.run('run', file, '--inputs', 'range:0..40', '--quorum', '2', '--json');
  expect(await isHeld()).toBe(true);
  // Asked anew now and then; a new visit asks at once.
  await page.click('#stop');
  await page.reload();
  await page.click('#start');
  await expect(page.locator('#quarantine')).toBeVisible();
  await expect(page.locator('#state-title')).toHaveText('This browser is held back');
  await expect(page.locator('#quarantine-why')).toContainText(/were different/);
  await page.fill('#appeal-text', 'It was a drill.');
  await page.click('#appeal button');
  await expect(page.locator('#appealed')).toBeVisible();
  const { stdout } = await grid.run('audit', '--json');
  expect(stdout).toContain('It was a drill.');
});

test('[UI62] [CO223] forget me reaches the grid', async ({ page, grid }) => {
  await start(page, grid);
  const file = grid.file('square.js', SQUARE_JS);
  await grid.run('run', file, '--inputs', 'range:0..20', '--trust', 'none', '--json');
  await page.click('#forget');
  await Promise.all([page.waitForEvent('load'), page.click('#forget')]);
  const stats = await (await fetch(new URL('api/stats', grid.ready.volunteer))).json();
  expect(stats).toMatchObject({ volunteers: 0, credit: { tasks: 0 } });
});
