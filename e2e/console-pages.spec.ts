import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { pageWeight } from '../bench/page-weight.ts';
import { expect, test } from './fixtures.ts';
import { SLOW_JS, SQUARE_JS } from './tasks.ts';

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(bad.map(({ id, nodes }) => `${id} ${nodes[0]?.target}`)).toEqual([]);
}

test('[UI8] axe finds nothing serious on any page, light or dark, wide or narrow', async ({
  grid,
  page,
}) => {
  await page.goto(grid.ready.console);
  for (const [colorScheme, width] of [
    ['light', 1200],
    ['dark', 375],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    for (const title of ['Jobs', 'New job', 'Files', 'Nodes', 'Overview']) {
      await page
        .getByRole('navigation', { name: 'Pages' })
        .getByText(title, { exact: true })
        .click();
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectAccessible(page);
    }
  }
});

test('[UI26] [UI28] a file is put, looked at as a table, and made the input of a job', async ({
  grid,
  page,
}) => {
  await page.goto(grid.ready.console);
  await page.getByRole('link', { name: 'Files', exact: true }).click();
  await page
    .getByLabel('Upload files', { exact: true })
    .last()
    .setInputFiles({
      name: 'cities.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('city,people\nŁódź,670000\n'),
    });
  await page.getByRole('link', { name: 'cities.csv' }).first().click();
  await expect(page.getByRole('cell', { name: 'Łódź' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Close' }).last().click();
  await page.getByLabel('Select cities.csv').check();
  await page.getByRole('button', { name: 'Run over the selection' }).click();
  await expect(page.getByLabel('One path or pattern a line')).toHaveValue('/cities.csv');
});

test('[UI32] three tasks run on this device before anything is submitted', async ({
  grid,
  page,
}) => {
  await page.goto(grid.ready.console);
  await page.getByRole('link', { name: 'New job' }).first().click();
  await page.getByRole('button', { name: 'Try three tasks first' }).click();
  await expect(page.getByText('tried on this device')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('All 1,000, with their votes')).toBeVisible();
  await page.getByRole('link', { name: 'Jobs', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Start with a picture' })).toBeVisible();
});

test('[UI222] [UI223] [UI224] the palette leads to tokens and the audit log, which tells of them', async ({
  grid,
  page,
}) => {
  await page.goto(grid.ready.console);
  const goTo = async (words: string, title: string) => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox', { name: 'Go to anything' })).toBeFocused();
    await page.keyboard.type(words);
    await expect(page.getByRole('dialog').getByRole('option', { selected: true })).toContainText(
      title,
    );
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  };
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await goTo('token', 'Tokens');
  await page.getByLabel('Name').fill('of the lab');
  await page.getByRole('button', { name: 'Make the token' }).click();
  await expect(page.getByText('It is shown this once')).toBeVisible();
  await expectAccessible(page);
  const token = await page.locator('.secret-text').innerText();
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('button', { name: 'Revoke of the lab' }).click();
  await page.getByRole('button', { name: 'Revoke the token' }).click();
  await expect(page.getByRole('cell', { name: 'revoked' })).toBeVisible();
  expect(await page.content()).not.toContain(token);
  await goTo('audit', 'Audit log');
  await expect(page.getByText('The chain of hashes is whole')).toBeVisible();
  await page.getByLabel('Find entries by any words').fill('token-revoked');
  await expect(page.getByRole('row')).toHaveCount(2);
  await expect(page).toHaveURL(/#\/audit\?q=token-revoked/);
  await expectAccessible(page);
});

test('[UI281] [UI282] the page of sites makes, rotates and revokes a key, and tells what came of it', async ({
  grid,
  page,
}) => {
  await page.goto(`${grid.ready.console}`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.evaluate(() => {
    location.hash = '#/sites';
  });
  await expect(page.getByText('No site shows the widget yet')).toBeVisible();
  await page.getByRole('textbox', { name: 'Domains' }).fill('https://planet.example');
  await page.getByLabel('Name').fill('Planet');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const markup = page.locator('.secret-text');
  await expect(markup).toContainText(`src="${new URL('/sdk/v1.js', grid.ready.url).href}"`);
  const key = /data-sitekey="(mk_[a-z2-7_]+)"/.exec((await markup.textContent()) ?? '')?.[1];
  await page.getByRole('button', { name: 'I have it' }).click();
  for (const from of ['https://planet.example/', 'https://thief.example/']) {
    await fetch(new URL(`/embed.html?sitekey=${key}`, grid.ready.url), {
      headers: { Referer: from },
    });
  }
  await page.reload();
  const site = page.getByRole('region', { name: 'Planet', exact: true });
  await expect(site.getByRole('definition').first()).toHaveText('1');
  await expect(site.getByRole('list', { name: 'Errors' })).toContainText('1 × origin-refused');
  await page.getByRole('button', { name: 'Rotate Planet' }).click();
  await expect(markup).toBeVisible();
  await expect(site).toHaveCount(2);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
  await page.getByRole('button', { name: 'Revoke Planet' }).last().click();
  await page.getByRole('button', { name: 'Revoke the key' }).click();
  await expect(page.getByText('revoked', { exact: true })).toBeVisible();
  const status = async (sitekey = '') =>
    (await fetch(new URL(`/embed.html?sitekey=${sitekey}`, grid.ready.url))).status;
  expect(await status(key)).toBe(403);
});

test('[UI301] the first load of the console stays within its budget', async ({ grid, browser }) => {
  const isThere = (page: Page) => page.getByRole('heading', { level: 1 }).waitFor();
  const weight = await pageWeight(browser, grid.ready.console, isThere);
  expect(weight.all - weight.picture).toBeLessThan(200 * 1024);
  expect(weight.script).toBeGreaterThan(50 * 1024); // it was measured
});

test('[UI302] [UI303] [UI304] a view is saved, what it lists is paused and cancelled at once, and details have an address', async ({
  grid,
  page,
}) => {
  const file = grid.file('one.js', 'export default (n) => n;');
  const submit = (name: string) =>
    grid.run('run', file, '--inputs', 'range:0..3', '--name', name, '--detach', '--json');
  for (const name of ['sweep 1', 'sweep 2', 'other']) expect((await submit(name)).code).toBe(0);
  await page.goto(grid.ready.console);
  await page.getByLabel(/^Find jobs/).fill('sweep');
  await page.getByRole('button', { name: 'Save this view' }).click();
  await page.getByRole('button', { name: 'Pause 2', exact: true }).click();
  await page.getByRole('button', { name: 'Pause 2 jobs' }).click();
  await expect(page.getByText('2 jobs paused.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Resume 2', exact: true })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Cancel 2', exact: true }).click();
  await page.getByRole('button', { name: 'Cancel 2 jobs' }).click();
  await expect(page.getByText('2 jobs cancelled.')).toBeVisible();
  const states = async () =>
    Object.fromEntries((await grid.run('jobs', '--json')).rows.map((row) => [row.name, row.state]));
  expect(await states()).toEqual({
    'sweep 1': 'cancelled',
    'sweep 2': 'cancelled',
    other: 'running',
  });
  await page.goto(new URL('#/', page.url()).href);
  await page.getByRole('link', { name: 'sweep', exact: true }).click();
  await expect(page.getByLabel(/^Find jobs/)).toHaveValue('sweep');
  await page.getByRole('link', { name: 'sweep 1' }).click();
  await page.getByRole('tab', { name: 'Logs' }).click();
  await expect(page).toHaveURL(/#\/jobs\/j[a-z2-7]{20}\/logs$/);
  await page.reload();
  await expect(page.getByRole('tab', { name: 'Logs' })).toHaveAttribute('aria-selected', 'true');
});

test('[UI223] on a phone the tokens do not scroll sideways', async ({ grid, page }) => {
  await grid.run('token', 'create', '--scope', 'submit', '--name', 'for a name of some length');
  await page.setViewportSize({ width: 375, height: 800 });
  await page.goto(grid.ready.console);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.goto(new URL('#/tokens', page.url()).href);
  const table = page.locator('.wide-table');
  await expect(table).toContainText('for a name of some length');
  expect(await table.evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
});

test('[UI8] [UI230] [UI232] [UI233] [UI236] the page of a job that runs, is done, or failed: nothing serious, by keyboard, with its report', async ({
  grid,
  page,
  openTab,
}) => {
  test.slow();
  await openTab({ workers: 2 });
  const square = grid.file('square.js', SQUARE_JS);
  const slow = grid.file('slow.js', SLOW_JS);
  const broken = grid.file('broken.js', 'export default (n) => { throw new Error("row " + n); };');
  await grid.run('run', square, '--inputs', 'range:0..200', '--name', 'done');
  await grid.run('run', broken, '--inputs', 'range:0..4', '--name', 'broken');
  await grid.run('run', slow, '--inputs', 'range:0..5000', '--name', 'slow', '--detach');
  await page.goto(grid.ready.console);
  for (const [name, scheme] of [
    ['slow', 'light'],
    ['broken', 'dark'],
    ['done', 'light'],
  ] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    await page.locator('a[data-listed]', { hasText: name }).first().click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Time and cost' })).toBeVisible();
    for (const tab of ['Results', 'Errors', 'Timeline']) {
      await page.getByRole('tab', { name: tab }).click();
      if (tab === 'Timeline') await expect(page.getByText('under way')).toBeVisible();
      await expectAccessible(page);
    }
  }
  await lookAtTimelineByKeyboard(page);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download a report' }).click();
  const report = readFileSync(await (await saved).path(), 'utf8');
  await page.goto('about:blank');
  await page.setContent(report);
  await expect(page.getByRole('heading', { level: 1, name: 'done' })).toBeVisible();
  await expect(page.getByRole('heading', { name: /^Attempts: \d/ })).toBeVisible();
  await expectAccessible(page);
  const [job] = (await grid.run('jobs', '--json')).rows.filter(({ name }) => name === 'done');
  const written = await grid.run('job', String(job?.jobId), '--report', 'report.html');
  expect(written.code).toBe(0);
  expect(readFileSync(join(grid.folder, 'report.html'), 'utf8')).toContain('core seconds');
});

/** From the tabs on, without a mouse. */
async function lookAtTimelineByKeyboard(page: Page): Promise<void> {
  const chart = page.getByRole('region', { name: 'Timeline of attempts' });
  await chart.focus();
  const pixels = () =>
    chart.locator('canvas').evaluate((one) => (one as HTMLCanvasElement).toDataURL());
  const whole = await pixels();
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await expect.poll(pixels).not.toBe(whole);
  const near = await pixels();
  await page.keyboard.press('ArrowRight');
  await expect.poll(pixels).not.toBe(near);
  await page.keyboard.press('0');
  await expect.poll(pixels).toBe(whole);
  await page.getByRole('button', { name: 'Table' }).focus();
  await page.keyboard.press('Enter');
  await expect(
    page.getByRole('table', { name: 'Attempts' }).getByText('● reported').first(),
  ).toBeVisible();
  await expectAccessible(page);
}
