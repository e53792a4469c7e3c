import { encodePng } from '@manytabs/samples';
import { expect, test } from './fixtures.ts';

/** Left half red, right half white. */
function photo(width: number, height: number): Buffer {
  const rgba = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width / 2; x++) rgba.set([200, 0, 0], (y * width + x) * 4);
  return Buffer.from(encodePng({ width, height, rgba }));
}

test('[UI220] photos dropped on the home page are filtered by tabs, and shown together', async ({
  grid,
  openTab,
  page,
}) => {
  test.setTimeout(120_000);
  for (let i = 0; i < 2; i++) await openTab();
  await page.goto(grid.ready.console);
  const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/png', buffer });
  const chooser = page.getByLabel('Photos');
  await chooser.setInputFiles([file('notes.png', Buffer.from('no picture'))]);
  await expect(page.getByText(/notes\.png is no picture/)).toBeVisible();
  await page.getByLabel('Filter').selectOption('grey');
  await chooser.setInputFiles([
    file('wide one.png', photo(1600, 900)),
    file('tall.png', photo(90, 160)),
    file('tall.png', photo(90, 160)),
  ]);
  await expect(page.getByRole('heading', { name: '3 photos' })).toBeVisible();
  await expect(page.getByRole('img', { name: '3 tiles drawn' })).toBeVisible({ timeout: 60_000 });
  await page.screenshot({ path: process.env.SHOT ?? test.info().outputPath('photos.png') });
  const listed = async () => {
    const { rows } = await grid.run('ls', '-r', '/jobs', '--json');
    return rows.map(({ path }) => String(path).split('/out/')[1]).filter((name) => name);
  };
  await expect
    .poll(async () => (await listed()).toSorted(), { timeout: 30_000 })
    .toEqual(['tall-2.png', 'tall.png', 'wide-one.png']);
});
