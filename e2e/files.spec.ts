import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type OpenTab, test, type VolunteerTab } from './fixtures.ts';
import type { GridProcess } from './grid-process.ts';

const MIB = 1024 * 1024;
/** MANYTABS_FILE_MIB=48 is the whole drill; CI has two cores. */
const BYTES = Number(process.env.MANYTABS_FILE_MIB ?? 6) * MIB;

const WHOLE_BYTES = 48 * MIB;

test.describe.configure({ timeout: 240_000 });

test('[UI120] files: put, list, read, move and remove, by file, folder and pipe', async ({
  grid,
}) => {
  const bytes = randomBytes(2.5 * MIB);
  grid.file('a.bin', bytes);
  const put = await grid.run('put', 'a.bin', '/in/a.bin', '--json');
  expect(put.rows[0]).toMatchObject({ path: '/in/a.bin', bytes: bytes.length, health: 'full' });
  expect((await grid.run('get', '/in/a.bin', 'b.bin')).code).toBe(0);
  expect(readFileSync(join(grid.folder, 'b.bin')).equals(bytes)).toBe(true);
  expect((await grid.run('mv', '/in/a.bin', '/out/b.bin')).code).toBe(0);
  const { rows } = await grid.run('ls', '-r', '/', '--json');
  expect(rows.map(({ path }) => path)).toEqual(['/in', '/out', '/out/b.bin']);
  expect((await grid.run('get', '/out', 'folder')).code).toBe(0);
  expect(readdirSync(join(grid.folder, 'folder'))).toEqual(['b.bin']);
  expect((await grid.run('rm', '/out')).code).toBe(2);
  expect((await grid.run('rm', '-r', '/out')).code).toBe(0);
  expect((await grid.run('cat', '/out/b.bin')).code).toBe(2);
  expect((await grid.run('df', '--json')).rows[0]).toMatchObject({ files: 0, bytes: 0 });
});

test('[FI13] copies: two holders killed at once, one more corrupt', async ({ grid, openTab }) => {
  await surviveTwoDeaths(grid, openTab, ['--durability', 'grid', '--replicas', '3']);
});

test('[FI14] Reed-Solomon: two holders killed at once, one more corrupt', async ({
  grid,
  openTab,
}) => {
  await surviveTwoDeaths(grid, openTab, ['--durability', 'grid', '--code', '3+2']);
});

const COUNT_JS = `
export default async ({ path, bytes }, { files }) => {
  const whole = await files.read(path);
  const part = await files.open(path).read(bytes - 4, 100);
  let sum = 0;
  for (const byte of whole) sum += byte;
  await files.write('sums/' + path.split('/').pop() + '.txt', String(sum));
  return { path, length: whole.length, end: part.length, sum };
};
`;

test('[FI31] [FI32] [FI33] a job over files: read where they are, outputs that are files', async ({
  grid,
  openTab,
}) => {
  for (let i = 0; i < 6; i++) await openTab();
  mkdirSync(join(grid.folder, 'in'));
  for (let i = 0; i < 12; i++) grid.file(`in/${i}.bin`, new Uint8Array(50_000).fill(i));
  const put = await grid.run('put', 'in', '/in', '--durability', 'grid', '--replicas', '2');
  expect(put.code, put.stderr).toBe(0);
  const file = grid.file('count.js', COUNT_JS);
  const run = await grid.run('run', file, '--inputs', 'grid:/in/*', '--quorum', '2', '--json');
  expect(run.code, run.stderr).toBe(0);
  const values = run.rows.filter(({ value }) => value).map(({ value }) => value);
  expect(values).toHaveLength(12);
  expect(values).toContainEqual({ path: '/in/7.bin', length: 50_000, end: 4, sum: 350_000 });
  const last = run.rows.at(-1) as {
    readonly job: string;
    readonly summary: { readonly locality: { readonly local: number; readonly byChance: number } };
  };
  const { local, byChance } = last.summary.locality;
  expect(local).toBeGreaterThan(1.5 * byChance);
  const told = await grid.run('run', file, '--inputs', 'grid:/in/*', '--quorum', '2');
  expect(told.stdout + told.stderr).toMatch(/\d+ % of input shards local \(\d+ % by chance\)/);
  const { stdout } = await grid.run('cat', `/jobs/${last.job}/out/sums/7.bin.txt`);
  expect(stdout).toBe('350000');
});

async function surviveTwoDeaths(
  grid: GridProcess,
  openTab: OpenTab,
  redundancy: readonly string[],
): Promise<void> {
  const tabs: VolunteerTab[] = [];
  for (let i = 0; i < 5; i++) tabs.push(await openTab());
  await openTab({ fault: 'corrupt-shards' });
  const bytes = randomBytes(BYTES);
  grid.file('a.bin', bytes);
  const put = await grid.run('put', 'a.bin', '/a.bin', ...redundancy, '--json');
  expect(put.rows[0], put.stderr).toMatchObject({ health: 'full', origin: false });
  const before = await statOf(grid);
  // Their renderers die without a word to anybody.
  for (const { page } of tabs.slice(0, 2)) await page.goto('chrome://crash').catch(() => undefined);
  // The loss is seen; of a small file it may be mended before anybody could look.
  const isMended = async () => BYTES < WHOLE_BYTES && (await volunteersOf(grid)) === 4;
  await expect
    .poll(async () => (await statOf(grid)).health !== 'full' || (await isMended()), {
      intervals: [100],
    })
    .toBe(true);
  expect((await grid.run('get', '/a.bin', 'b.bin')).code).toBe(0);
  expect(readFileSync(join(grid.folder, 'b.bin')).equals(bytes)).toBe(true);
  await expect
    .poll(async () => (await statOf(grid)).health, { timeout: 120_000, intervals: [500] })
    .toBe('full');
  expect((await statOf(grid)).version).toBe(before.version);
  const { rows } = await grid.run('files', 'fsck', '--json');
  expect(rows[0]).toMatchObject({ health: { full: 1, degraded: 0, lost: 0 } });
  expect(rows[0]).toHaveProperty('offenders.length', 1);
  expect(keptAtTheCoordinator(grid)).toBeLessThan(64 * 1024);
}

async function volunteersOf(grid: GridProcess): Promise<number> {
  return (await grid.run('nodes', '--json')).rows.length;
}

async function statOf(grid: GridProcess): Promise<Record<string, unknown>> {
  const { rows } = await grid.run('stat', '/a.bin', '--json');
  return rows[0] ?? {};
}

/** Bytes in its store of shards, where lists of ids may be, and nothing of the file. */
function keptAtTheCoordinator(grid: GridProcess): number {
  const folder = join(grid.folder, '.manytabs', 'blobs');
  if (!existsSync(folder)) return 0;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return paths.reduce((sum, path) => {
    const found = statSync(join(folder, path));
    return sum + (found.isFile() ? found.size : 0);
  }, 0);
}
