import { expect, test, valuesOf } from './fixtures.ts';
import { SQUARE_JS, squares } from './tasks.ts';

test('the main job runs over the WebSocket relay', async ({ grid, openTab }) => {
  const { page } = await openTab({ road: 'websocket' });
  await openTab({ road: 'websocket' });
  await expect(page.locator('html')).toHaveAttribute('data-road', 'websocket');
  const file = grid.file('square.js', SQUARE_JS);
  const { rows } = await grid.run(
    'run',
    file,
    '--inputs',
    'range:0..300',
    '--quorum',
    '2',
    '--json',
  );
  expect(valuesOf(rows, 300)).toEqual(squares(300));
});

test('the main job runs from a LAN name over plain http', async ({ grid, openTab }) => {
  const { page } = await openTab({ url: grid.lanUrl });
  expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
  await expect(page.locator('html')).toHaveAttribute('data-road', 'webrtc');
  const file = grid.file('square.js', SQUARE_JS);
  const { rows } = await grid.run(
    'run',
    file,
    '--inputs',
    'range:0..300',
    '--trust',
    'none',
    '--json',
  );
  expect(valuesOf(rows, 300)).toEqual(squares(300));
});

test('tabs on different roads agree', async ({ grid, openTab }) => {
  await openTab({ road: 'websocket' });
  await openTab({ url: grid.lanUrl });
  const file = grid.file('square.js', SQUARE_JS);
  const { rows } = await grid.run(
    'run',
    file,
    '--inputs',
    'range:0..200',
    '--quorum',
    '2',
    '--json',
  );
  expect(valuesOf(rows, 200)).toEqual(squares(200));
});
