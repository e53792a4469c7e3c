import { plainPage, volunteers } from './embed-fixtures.ts';
import { attributesOf, expect, test } from './firefox.ts';
import { valuesOf } from './fixtures.ts';
import type { GridProcess } from './grid-process.ts';
import { SQUARE_JS, squares } from './tasks.ts';

// Another engine: SpiderMonkey's numbers and WebAssembly beside V8's, and Firefox's own WebRTC, frames and workers.

test.describe.configure({ timeout: 300_000 });

const SAMPLES = ['bunny-preview', 'fractal-preview', 'golomb', 'align', 'epidemic'];

test('[UI280] Firefox joins, computes, and agrees with Chromium on every task of the five samples', async ({
  grid,
  openTab,
  openFirefox,
}) => {
  const chromium = await openTab();
  const firefox = await openFirefox();
  expect(firefox.browser).toMatch(/^firefox\//);
  expect((await attributesOf(firefox.page)).road).toBe('webrtc');
  for (const id of SAMPLES) {
    await test.step(id, async () => {
      // Two strangers and no anchor: a task is final once both have said the same.
      const ran = await grid.run('sample', id, '--trust', 'standard', '--json');
      expect(ran.rows, ran.stderr).toMatchObject([{ sample: id, known: true }]);
    });
  }
  const [first, second] = await booksOf(grid, [chromium.volunteer, firefox.volunteer]);
  expect(first).toMatchObject({ invalid: 0, errors: 0 });
  expect(second).toEqual(first);
  expect(first?.valid).toBeGreaterThan(100);
});

test('[EM25] the widget in Firefox asks, computes once it was allowed, and stops', async ({
  grid,
  firefox,
  site,
  sitekey,
}) => {
  const page = await firefox.newPage();
  await page.goto(site.page('/', { body: plainPage(grid, sitekey) }));
  const frame = await page.waitForFrame((each) => each.url().includes('embed.html'));
  const state = () => frame.evaluate(() => document.documentElement.dataset.state);
  await expect.poll(state).toBe('asking');
  expect(await volunteers(grid)).toBe(0);
  await expect(async () => {
    if ((await state()) === 'asking') await frame.click('#allow');
    expect(await state()).not.toBe('asking');
  }).toPass();
  const file = grid.file('square.js', SQUARE_JS);
  const { rows } = await grid.run(
    ...['run', file, '--inputs', 'range:0..20', '--trust', 'none', '--json'],
  );
  expect(valuesOf(rows, 20)).toEqual(squares(20));
  await frame.click('#stop');
  await expect.poll(state).toBe('stopped');
  await expect.poll(() => volunteers(grid)).toBe(0);
});

/** What the grid holds of each: how many results of theirs were right, wrong, and none. */
async function booksOf(grid: GridProcess, volunteers: readonly string[]) {
  const { rows } = await grid.run('nodes', '--json');
  const books = rows.map(({ volunteer, valid, invalid, errors }) => ({
    volunteer,
    book: { valid: Number(valid), invalid, errors },
  }));
  return volunteers.map((id) => books.find(({ volunteer }) => volunteer === id)?.book);
}
