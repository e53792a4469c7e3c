import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wasiProgram } from '../packages/runtime/test/wasi-program.ts';
import { expect, test } from './fixtures.ts';
import type { GridProcess } from './grid-process.ts';

// Every `npx manytabs …` of the README, typed as it stands there, in its order, in a folder with the files it speaks of.

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

const COUNT_PROGRAM = `write(1, read(open(args()[args().length - 1].slice(1), 0)).length.toString());`;
const FIT = 'def main(input, ctx):\n    return len(open("data.csv").read())\n';
const COUNT_TASK =
  'export default async (input, ctx) => (await ctx.files.read(input.path)).length;\n';

/** The lines of its blocks, and what stands between backquotes in its prose. */
function commandsOf(text: string): string[][] {
  const lines = [...text.matchAll(/(?:^|`)npx manytabs ([^\n`#]+)/gm)].map(([, line = '']) => line);
  return lines.map((line) => {
    const words = line.trim().match(/'[^']*'|\S+/g) ?? [];
    return words.map((word) => word.replace(/^'|'$/g, ''));
  });
}

function squareTask(): string {
  const block = /```js\n(\/\/ square\.mjs[\s\S]*?)```/.exec(README)?.[1];
  if (block === undefined) throw new TypeError('The README has no square.mjs.');
  return block;
}

async function prepare(grid: GridProcess): Promise<void> {
  grid.file('square.mjs', squareTask());
  grid.file('numbers.ndjson', '1\n2\n3\n');
  grid.file('wordcount.wasm', await wasiProgram(COUNT_PROGRAM));
  grid.file('fit.py', FIT);
  grid.file('data.csv', 'a,b\n1,2\n');
  grid.file('count.mjs', COUNT_TASK);
  grid.file('data/one.csv', 'a\n1\n');
  grid.file('data/two.csv', 'a\n2\n');
  grid.file('text.txt', 'some words');
  expect((await grid.run('put', 'text.txt', '/texts/text.txt')).code).toBe(0);
}

test('[UI320] each command of the README does what stands beside it', async ({ grid }) => {
  test.setTimeout(180_000);
  await prepare(grid);
  const commands = commandsOf(README);
  expect(commands.length).toBeGreaterThan(15);
  const outputs = new Map<string, string>();
  for (const args of commands) {
    const line = args.join(' ');
    await test.step(line, async () => {
      if (args[0] === 'volunteer') return donating(grid, args);
      const { code, stdout, stderr } = await grid.run(...args);
      expect(code, stderr).toBe(0);
      outputs.set(line, stdout);
    });
  }
  expect(outputs.get('run square.mjs --inputs range:0..1000')?.split('\n')[999]).toBe('998001');
  expect(outputs.get('run count.mjs --inputs grid:/in/*.csv')).toBe('4\n4\n');
  expect(outputs.get('ls /in')).toContain('one.csv');
});

async function donating(grid: GridProcess, args: readonly string[]): Promise<void> {
  const tabs = Number(args.at(-1));
  grid.spawn(...args, '--json');
  const there = async () => (await grid.run('nodes', '--json')).rows.length;
  await expect.poll(there, { timeout: 30_000 }).toBe(tabs);
}
