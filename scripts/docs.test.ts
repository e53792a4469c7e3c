import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow, readText } from './repository.ts';
import { SHOTS } from './screenshots/shots.ts';
import { SHEETS } from './screenshots/widget.ts';

// What a program can check of the prose: that what it names is there.

const PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...filesBelow('docs')].filter(
  (path) => path.endsWith('.md'),
);

describe.each(PAGES)('%s', (page) => {
  const text = readText(page);

  test('the files it links and names exist', () => {
    const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) =>
      normalize(join(dirname(page), path)),
    );
    const names = [
      ...text.matchAll(/`((?:apps|packages|samples|scripts|e2e|bench|docs)\/[\w./-]+)`/g),
    ]
      .map(([, path = '']) => path)
      // Made by a build.
      .filter((path) => !path.startsWith('samples/dist') && !path.startsWith('bench/results'));
    expect([...links, ...names].filter((path) => !existsSync(path))).toEqual([]);
  });

  test('the npm scripts it names exist', () => {
    const { scripts } = JSON.parse(readText('package.json'));
    const named = [...text.matchAll(/npm run ([\w-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test('every picture that is taken is shown, and every picture that is kept', () => {
  const text = PAGES.map(readText).join('\n');
  const taken = [...SHOTS, ...SHEETS].map(({ name }) => `docs/images/${name}.png`);
  const kept = filesBelow('docs/images');
  expect(taken.filter((path) => !existsSync(path))).toEqual([]);
  expect(kept.filter((path) => !text.includes(path.replace('docs/', '')))).toEqual([]);
});

test('README.md and ARCHITECTURE.md stay short', () => {
  expect(readText('README.md').split('\n').length).toBeLessThanOrEqual(150);
  expect(readText('ARCHITECTURE.md').split('\n').length).toBeLessThanOrEqual(300);
});

test('ARCHITECTURE.md has a sentence for every package we depend on', () => {
  const section = readText('ARCHITECTURE.md').split('\n## Dependencies\n')[1] ?? '';
  const manifests = ['package.json', ...filesBelow('packages'), ...filesBelow('apps')].filter(
    (path) => /(^|^\w+\/[\w-]+\/)package\.json$/.test(path),
  );
  const missing = [...manifests, 'samples/package.json'].flatMap((path) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(readText(path));
    return Object.keys({ ...dependencies, ...devDependencies }).filter(
      (name) => !section.includes(`\`${name}\``) && !/^(manytabs$|@manytabs\/|@types\/)/.test(name),
    );
  });
  expect([...new Set(missing)]).toEqual([]);
});
