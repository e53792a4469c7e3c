import { BROWSER_FLAGS, findBrowser } from '@manytabs/browser';
import { expect, test, valuesOf } from './fixtures.ts';
import { SLOW_JS, slowValue } from './tasks.ts';

// A tab behind another, in a browser that slows such tabs down as it does for everybody.

const UNHELPFUL = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];
const executablePath = findBrowser();

test.use({
  launchOptions: {
    ...(executablePath === undefined ? {} : { executablePath }),
    args: BROWSER_FLAGS.filter((flag) => !UNHELPFUL.includes(flag)),
    ignoreDefaultArgs: UNHELPFUL,
  },
});

test('[UI255] behind another tab of its window it computes on', async ({ page, grid, context }) => {
  await page.goto(`${grid.ready.volunteer}#workers=1`);
  await page.click('#start');
  await expect(page.locator('html')).toHaveAttribute('data-phase', 'waiting');
  const front = await context.newPage();
  await front.goto('about:blank');
  await front.bringToFront();
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe('hidden');
  const file = grid.file('slow.js', SLOW_JS);
  const args = ['--inputs', 'range:0..200', '--trust', 'none', '--json'];
  const { rows } = await grid.run('run', file, ...args);
  expect(valuesOf(rows, 200)).toEqual(Array.from({ length: 200 }, (_, n) => slowValue(n)));
  expect(await page.evaluate(() => document.visibilityState)).toBe('hidden');
  await expect(page).toHaveTitle(/200 tasks/);
});
