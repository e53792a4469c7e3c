import { SAMPLES } from '@manytabs/samples';
import { expect, test } from './fixtures.ts';
import { pixelHash } from './pixel-hash.ts';

// The five samples as a visitor of the console starts them, whole, by one click each; samples.spec.ts runs them from the
// command line.

test('[UI306] each sample is one click in the console, and its picture is the known one at tier standard beside a tab that lies', async ({
  grid,
  openTab,
  page,
}) => {
  test.setTimeout(900_000);
  grid.spawn('volunteer', '--workers', '1', '--trusted', '--json');
  for (let i = 0; i < 2; i++) await openTab();
  const liar = await openTab({ fault: 'wrong' });
  const volunteers = async () => (await grid.run('nodes', '--json')).rows.length;
  await expect.poll(volunteers, { timeout: 30_000 }).toBe(4);
  for (const sample of SAMPLES) {
    await test.step(sample.id, async () => {
      await page.goto(grid.ready.console);
      await page.getByRole('button', { name: `Run ${sample.title}`, exact: true }).click();
      await expect(page.getByText('trust standard')).toBeVisible({ timeout: 60_000 });
      await expect(page.getByText('100 % decided')).toBeVisible({ timeout: 400_000 });
      const hash = () => pixelHash(page.locator('canvas').first());
      await expect.poll(hash, { timeout: 30_000 }).toBe(sample.sha256);
    });
  }
  const { rows } = await grid.run('nodes', '--quarantined', '--json');
  expect(rows.map(({ volunteer }) => volunteer).filter((one) => one !== liar.volunteer)).toEqual(
    [],
  );
});
