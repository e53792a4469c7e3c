import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readText } from './repository.ts';

interface Row {
  readonly attack: string;
  readonly answer: string;
  readonly tests: string;
  readonly remains: string;
}

function rows(): Row[] {
  const lines = readText('docs/THREATS.md').matchAll(/^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$/gm);
  return [...lines]
    .map(([, attack = '', answer = '', tests = '', remains = '']) => ({
      ...{ attack, answer, tests, remains },
    }))
    .filter(({ attack }) => attack !== 'attack' && !attack.startsWith('---'));
}

/** `path` “words of the title”. */
const NAMED = /`([\w./-]+)` “([^”]+)”/g;

test('docs/THREATS.md answers every attack by a rule and says what remains', () => {
  expect(rows().length).toBeGreaterThan(15);
  const lame = rows().filter(
    ({ answer, remains }) => !/\b[A-Z]{2}\d+\b/.test(answer) || remains.length < 10,
  );
  expect(lame).toEqual([]);
});

test('every test that docs/THREATS.md names exists', () => {
  const wrong = rows().flatMap(({ attack, tests }) => {
    const named = [...tests.matchAll(NAMED)];
    if (named.length === 0) return [`${attack}: names no test`];
    return named
      .filter(([, path = '', title = '']) => !existsSync(path) || !readText(path).includes(title))
      .map(([all]) => `${attack}: there is no ${all}`);
  });
  expect(wrong).toEqual([]);
});
