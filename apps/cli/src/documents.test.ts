import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram } from './program.ts';
import { memoryTerminal } from './testing/memory-terminal.ts';

// What the documents tell people to type. The README's commands are run (e2e/readme.spec.ts); these take machines, hours
// or a database, so here it is held that each of them exists, with every option it is given.

const ROOT = join(import.meta.dirname, '../../..');
const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'samples/README.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
].filter((path) => path.endsWith('.md'));

/** `manytabs …` at the beginning of a line, behind a pipe, after variables or between backquotes, with lines that go on. */
function commandsOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/\\\n\s*/g, '');
  const found = text.matchAll(
    /(?:^|`|\| |^[A-Z_]+=\S+ )(?:npx )?manytabs ((?!tabs)[a-z][^\n`#|]*)/gm,
  );
  return [...found].map(([, line = '']) => line.trim());
}

const program = buildProgram(memoryTerminal().terminal, () => {});

function wrongIn(line: string): string[] {
  const [name = '', ...words] = line.split(/\s+/);
  const command = program.commands.find(
    (one) => one.name() === name || one.aliases().includes(name),
  );
  if (!command) return [`${name} is no command`];
  const [sub] = words;
  const inner = command.commands.find((one) => one.name() === sub) ?? command;
  const known = [...optionsOf(program), ...optionsOf(command), ...optionsOf(inner)];
  const given = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split('=')[0]);
  return given
    .filter((word) => !known.includes(word ?? ''))
    .map((word) => `${name} has no ${word}`);
}

function optionsOf(command: Command): string[] {
  return command.options.flatMap(({ long, short }) => [long ?? '', short ?? '']);
}

test.each(PAGES)('[UI305] the commands that %s names exist, with their options', (page) => {
  expect(commandsOf(page).flatMap((line) => wrongIn(line).map((why) => `${line}: ${why}`))).toEqual(
    [],
  );
});

test('[UI305] there are many, and one that does not exist is found', () => {
  expect(PAGES.flatMap(commandsOf).length).toBeGreaterThan(40);
  expect(wrongIn('run a.js --inputz x')).toEqual(['run has no --inputz']);
  expect(wrongIn('walk')).toEqual(['walk is no command']);
});
