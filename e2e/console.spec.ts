import { SAMPLES } from '@manytabs/samples';
import { expect, test } from './fixtures.ts';
import { pixelHash } from './pixel-hash.ts';

const [BUNNY] = SAMPLES;

test('a sample is one click away, and its picture completes though a tab is closed in the middle', async ({
  grid,
  openTab,
  page,
}) => {
  test.setTimeout(240_000);
  await openTab();
  const leaving = await openTab();
  await page.goto(grid.ready.console);
  await page.getByRole('button', { name: /bunny/i }).first().click();
  await expect(page.getByRole('heading', { name: BUNNY?.title ?? '' })).toBeVisible();
  await expect(page.getByRole('img', { name: /[1-9]\d+ tiles drawn/ })).toBeVisible();
  await leaving.page.close();
  const picture = page.getByRole('img', { name: '192 tiles drawn' });
  await expect(picture).toBeVisible({ timeout: 200_000 });
  expect(await pixelHash(page.locator('canvas').first())).toBe(BUNNY?.sha256);
});

test('without a token the console asks for one and shows no job', async ({ grid, page }) => {
  await page.goto(new URL('console/', grid.ready.url).href);
  await expect(page.getByText(/token/i).first()).toBeVisible();
});
