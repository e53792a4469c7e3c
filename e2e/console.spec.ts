import { expect, test } from './fixtures.ts';

test('a sample is one click away, and its picture completes', async ({ grid, openTab, page }) => {
  await openTab();
  await openTab();
  await page.goto(grid.ready.console);
  await page.getByRole('button', { name: /bunny/i }).first().click();
  await expect(page.getByText(/^done$/i).first()).toBeVisible({ timeout: 80_000 });
});

test('without a token the console asks for one and shows no job', async ({ grid, page }) => {
  await page.goto(new URL('console/', grid.ready.url).href);
  await expect(page.getByText(/token/i).first()).toBeVisible();
});
