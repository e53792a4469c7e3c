import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPath, checkPattern, decodeName, encodeName, nameMatcher } from './grid-path.ts';

const refused = expect.objectContaining({ code: 'path-invalid' });

describe('paths', () => {
  test('[FI1] a path that could mean something else is refused', () => {
    const bad = [
      '',
      'in/a.csv',
      '/in//a',
      '/in/../a',
      '/./a',
      '/a\0b',
      '/a\nb',
      '/a\u202etxt.exe',
      '/a\u200bb',
      '/a\\b',
      '/ a',
      '/a ',
      '/\ud800',
      '/e\u0301.txt',
      '/a*',
      `/${'a'.repeat(10_000)}`,
      `/${'a'.repeat(256)}`,
      `/${'ä'.repeat(200)}`,
      '/a'.repeat(65),
    ];
    for (const path of bad) expect(() => checkPath(path), path.slice(0, 20)).toThrow(refused);
  });

  test('[FI1] other names are kept as they are', () => {
    for (const path of ['/', '/in/a.csv', '/Überlingen/データ 1.txt', '/a+b (1)~%.x', '/...'])
      expect(checkPath(path)).toBe(path);
    expect(checkPath('/in/')).toBe('/in');
  });

  test('a name is a key and comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (name) => {
        fc.pre(!/\p{Surrogate}/u.test(name));
        const key = encodeName(name);
        expect(key).toMatch(/^[\x21-\x2e\x30-\x7e]+$/);
        expect(decodeName(key)).toBe(name);
      }),
    );
  });
});

describe('patterns', () => {
  test.each([
    ['*.csv', 'a.csv', true],
    ['*.csv', 'a.csv.gz', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['{a,b}.txt', 'b.txt', true],
    ['{a,b}.txt', 'c.txt', false],
    ['part-[0-9].bin', 'part-7.bin', true],
    ['part-[0-9].bin', 'part-x.bin', false],
    ['*a*b*', 'xxaxxbxx', true],
    ['*', 'データ', true],
  ])('[FI2] %s and %s: %s', (pattern, name, fits) => {
    expect(nameMatcher(pattern)(name)).toBe(fits);
  });

  test('[FI2] a hostile pattern takes no time and does not multiply', () => {
    expect(nameMatcher(`${'*a'.repeat(60)}b`)('a'.repeat(200))).toBe(false);
    expect(() => checkPattern(`/${'{a,b}'.repeat(10)}`)).toThrow(refused);
    expect(() => checkPattern('/{a')).toThrow(refused);
    expect(checkPattern('/in/*.csv').isPattern).toBe(true);
    expect(checkPattern('/in').isPattern).toBe(false);
  });
});
