import { fileURLToPath } from 'node:url';
import { expect, type OpenTab, test, valuesOf } from './fixtures.ts';
import type { GridProcess } from './grid-process.ts';

// The five samples on real tabs by the command line, at tier `standard`, with a tab that lies: each answer is the known
// one, to the last bit. The bunny and the poster are small ones here; the demo renders the bunny whole.

test.describe.configure({ timeout: 300_000 });

const SAMPLES = ['bunny-preview', 'fractal-preview', 'golomb', 'align', 'epidemic'];

async function openCrowd(grid: GridProcess, openTab: OpenTab): Promise<string> {
  grid.spawn('volunteer', '--workers', '1', '--trusted', '--json');
  for (let i = 0; i < 2; i++) await openTab();
  const liar = await openTab({ fault: 'wrong' });
  const volunteers = async () => (await grid.run('nodes', '--json')).rows.length;
  await expect.poll(volunteers, { timeout: 30_000 }).toBe(4);
  return liar.volunteer;
}

test('[UI130] [UI182] five samples, among them a liar: the known pictures, and the tree of the Golomb hunt', async ({
  grid,
  openTab,
}) => {
  const liar = await openCrowd(grid, openTab);
  for (const id of SAMPLES) {
    await test.step(id, async () => {
      const ran = await grid.run('sample', id, '--trust', 'standard', '--json');
      expect(ran.rows, ran.stderr).toMatchObject([{ sample: id, known: true }]);
      expect(ran.code).toBe(0);
    });
  }
  await test.step('run samples/golomb/hunt.ts', () => hunt(grid));
  const { rows } = await grid.run('nodes', '--quarantined', '--json');
  const shutOut = rows.map(({ volunteer }) => volunteer);
  expect(shutOut.every((volunteer) => volunteer === liar)).toBe(true);
});

/** Of 10 marks, by its file: the shortest is 55 long, and the nodes that were voted on are those of the whole tree. */
async function hunt(grid: GridProcess): Promise<void> {
  const file = fileURLToPath(new URL('../samples/golomb/hunt.ts', import.meta.url));
  const ran = await grid.run(
    ...['run', file, '--inputs', 'range:0..361', '--args', '{"order":10,"length":55}'],
    ...['--trust', 'standard', '--json'],
  );
  const found = valuesOf(ran.rows, 361) as { nodes: number; ruler: number[] }[];
  expect(found.reduce((sum, { nodes }) => sum + nodes, 0)).toBe(1_145_100);
  const rulers = found.flatMap(({ ruler }) => (ruler.length > 0 ? [ruler] : []));
  expect(rulers).toEqual([[0, 1, 6, 10, 23, 26, 34, 41, 53, 55]]);
}
