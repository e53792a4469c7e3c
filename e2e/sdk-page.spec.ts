import { expect, test } from './fixtures.ts';

const SQUARES = Array.from({ length: 20 }, (_, n) => n * n).join(', ');

test('[SU82] a page imports the SDK from the grid and computes on it', async ({
  grid,
  openTab,
  page,
}) => {
  await openTab();
  await page.goto(`${grid.ready.url}/sdk/example.html#token=${grid.ready.token}`);
  await expect(page.locator('#values')).toHaveText(SQUARES);
  await expect(page.locator('#where')).toHaveText('the grid');
});

test('[SU82] a page without a token computes in its own sandbox', async ({ grid, page }) => {
  await page.goto(`${grid.ready.url}/sdk/example.html`);
  await expect(page.locator('#values')).toHaveText(SQUARES, { timeout: 20_000 });
  await expect(page.locator('#where')).toHaveText('this tab');
});
