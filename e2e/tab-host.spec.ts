import { SAMPLES } from '@manytabs/samples';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { GridProcess } from './grid-process.ts';
import { pixelHash } from './pixel-hash.ts';

// A grid whose coordinator is a tab: the server serves pages and signalling, and knows of no job.

const FRACTAL = SAMPLES.find(({ id }) => id === 'fractal');

async function hostIn(page: Page, url: string): Promise<string> {
  await page.goto(new URL('console/', url).href);
  await page.getByRole('button', { name: 'Host a grid in this tab' }).click();
  await expect(page.getByText('This tab is the coordinator')).toBeVisible();
  const link = page.getByRole('link', { name: /#host=host-/ });
  return (await link.getAttribute('href')) ?? '';
}

async function startFractal(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /fractal/i })
    .first()
    .click();
  await expect(page.getByRole('heading', { name: FRACTAL?.title ?? '' })).toBeVisible();
}

test('[CO190] a tab hosts a grid, is reloaded in the middle, and the picture completes', async ({
  grid,
  openTab,
  page,
}) => {
  test.setTimeout(240_000);
  const link = await hostIn(page, grid.ready.url);
  for (let i = 0; i < 2; i++) await openTab({ url: link });
  await startFractal(page);
  await expect(page.getByRole('img', { name: /[1-9]\d* tiles drawn/ })).toBeVisible();
  await page.reload();
  await expect(page.getByText('100 % decided')).toBeVisible({ timeout: 200_000 });
  await expect
    .poll(() => pixelHash(page.locator('canvas').first()), { timeout: 20_000 })
    .toBe(FRACTAL?.sha256);
  const status = await fetch(new URL('api/status', grid.ready.url));
  expect(await status.json()).toMatchObject({ jobs: 0, volunteers: 0 });
});

test('[CO191] a second tab stands by and takes over when the first is closed', async ({
  context,
  grid,
  openTab,
  page,
}) => {
  test.setTimeout(120_000);
  const link = await hostIn(page, grid.ready.url);
  const tab = await openTab({ url: link });
  const second = await context.newPage();
  await second.goto(new URL('console/#host', grid.ready.url).href);
  await expect(second.getByText('Another tab of yours hosts the grid')).toBeVisible();
  await page.close();
  await expect(second.getByText('This tab is the coordinator')).toBeVisible({ timeout: 30_000 });
  await startFractal(second);
  await expect(second.getByRole('img', { name: /[1-9]\d* tiles drawn/ })).toBeVisible({
    timeout: 60_000,
  });
  await expect(tab.page.locator('html')).not.toHaveAttribute('data-tasks-done', '0');
});

test('[CO192] a grid moves from a tab to a server, with all its jobs', async ({
  grid,
  openTab,
  page,
}) => {
  test.setTimeout(120_000);
  const link = await hostIn(page, grid.ready.url);
  await openTab({ url: link });
  await startFractal(page);
  await expect(page.getByRole('img', { name: /[1-9]\d* tiles drawn/ })).toBeVisible();
  const moved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Move to a server' }).click();
  const file = await (await moved).path();
  await expect(page.getByText('This tab hosts no grid any more')).toBeVisible();
  const { code } = await grid.run('restore', file, '--data', 'moved');
  expect(code).toBe(0);
  const server = await GridProcess.start(['--data', `${grid.folder}/moved`]);
  const listed = await server.run('jobs', '--url', server.ready.url, '--token', server.ready.token);
  await server.stop();
  expect(listed.stdout).toContain(FRACTAL?.title);
});
