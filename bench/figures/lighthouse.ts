import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustFindBrowser } from '@manytabs/browser';
import type { Bench } from '../bench.ts';
import { BenchGrid } from '../bench-grid.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;
/** A middling phone on a slow line, as Lighthouse makes it up, and this machine as it is. */
const FORMS = ['mobile', 'desktop'] as const;
const RUNS_MAX = 3;
const RUN_MS = 120_000;

type Scores = Readonly<Record<(typeof CATEGORIES)[number], number>>;

/** What Lighthouse gives the volunteer's page, out of a hundred. */
export async function lighthouse(bench: Bench): Promise<readonly Row[]> {
  const program = installed(bench.root);
  const grid = await BenchGrid.start(bench.root);
  try {
    const rounds = Array.from({ length: Math.min(RUNS_MAX, bench.rounds) });
    return FORMS.flatMap((form) =>
      rowsOf(
        form,
        rounds.map(() => measure(program, grid.ready.url, form)),
      ),
    );
  } finally {
    await grid.close();
  }
}

function rowsOf(form: string, runs: readonly Scores[]): Row[] {
  return CATEGORIES.map((category) => {
    const samples = runs.map((scores) => scores[category]);
    const figure = `Lighthouse, volunteer page, ${form}: ${category}`;
    return { figure, value: median(samples), unit: '', target: { atLeast: 95 }, samples };
  });
}

function measure(program: string, url: string, form: (typeof FORMS)[number]): Scores {
  const flags = [url, '--quiet', '--output=json', `--only-categories=${CATEGORIES.join(',')}`];
  flags.push('--chrome-flags=--headless=new --no-sandbox --disable-background-networking');
  flags.push('--no-enable-error-reporting', ...(form === 'desktop' ? ['--preset=desktop'] : []));
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...flags], {
    env: { ...process.env, CHROME_PATH: mustFindBrowser() },
    encoding: 'utf8',
    timeout: RUN_MS,
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new TypeError(`Lighthouse ended with ${status}: ${stderr.slice(-500)}`);
  const { categories } = JSON.parse(stdout) as { categories: Record<string, { score: number }> };
  const scoreOf = (name: string) => [name, Math.round((categories[name]?.score ?? 0) * 100)];
  return Object.fromEntries(CATEGORIES.map(scoreOf)) as Scores;
}

/** It brings 200 packages that nothing else needs: npm installs them beside ours when the figure is asked for. */
function installed(root: string): string {
  const folder = join(root, 'node_modules/.cache/manytabs/lighthouse');
  const source = join(root, 'bench/lighthouse');
  const program = join(folder, 'node_modules/lighthouse/cli/index.js');
  const lock = 'package-lock.json';
  const isCurrent = existsSync(program) && isSame(join(source, lock), join(folder, lock));
  if (isCurrent) return program;
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', lock]) copyFileSync(join(source, name), join(folder, name));
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new TypeError('npm could not install Lighthouse.');
  return program;
}

function isSame(a: string, b: string): boolean {
  return readFileSync(a, 'utf8') === readFileSync(b, 'utf8');
}
