import { attributesOf, expect, test } from './firefox.ts';
import type { GridProcess } from './grid-process.ts';

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

/** What the grid holds of each: how many results of theirs were right, wrong, and none. */
async function booksOf(grid: GridProcess, volunteers: readonly string[]) {
  const { rows } = await grid.run('nodes', '--json');
  const books = rows.map(({ volunteer, valid, invalid, errors }) => ({
    volunteer,
    book: { valid: Number(valid), invalid, errors },
  }));
  return volunteers.map((id) => books.find(({ volunteer }) => volunteer === id)?.book);
}
