import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from './fixtures.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..');

const TYPED = `import { Grid, range, type Job } from 'manytabs';
const grid = await Grid.local({ workers: 1 });
const job: Job<number> = grid.map(range(3), (n) => n * 2);
const texts: string[] = await job.map((n) => \`\${n}\`);
const sum: number = await job.reduce((a, b) => a + b, 0, { on: 'grid' });
// @ts-expect-error a number is no text
const wrong: string = sum;
console.log(texts, wrong);
`;

test('[SU83] a project of `manytabs init` installs, computes here and on the grid, and has types', async ({
  grid,
  openTab,
}) => {
  test.setTimeout(120_000);
  await openTab();
  const folder = join(grid.folder, 'project');
  expect((await grid.run('init', 'project')).code).toBe(0);
  await run('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder });
  const env = {
    ...process.env,
    FORCE_COLOR: '0',
    MANYTABS_URL: grid.ready.url,
    MANYTABS_TOKEN: grid.ready.token,
  };
  const here = await run('npm', ['run', '-s', 'local'], { cwd: folder, env });
  const there = await run('npm', ['run', '-s', 'grid'], { cwd: folder, env });
  expect(here.stdout).toMatch(/^pi is about 3\.14/);
  expect(there.stdout).toBe(here.stdout);
  writeFileSync(join(folder, 'typed.ts'), TYPED);
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const flags = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext'];
  await run(process.execPath, [tsc, ...flags, 'typed.ts'], { cwd: folder });
  const { exports } = JSON.parse(
    readFileSync(join(folder, 'node_modules/manytabs/package.json'), 'utf8'),
  );
  expect(Object.keys(exports)).toContain('./sandbox.html');
});
