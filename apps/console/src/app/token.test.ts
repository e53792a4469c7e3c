import { expect, test } from 'vitest';
import { cleanToken, takeToken } from './token.ts';

test.each([
  ['#token=abc', 'abc', '#/'],
  ['#token=abc/jobs', 'abc', '#/jobs'],
  ['#token=a%2Bb&nodes', 'a+b', '#/nodes'],
  ['#token=50%', '50%', '#/'],
  ['#token=', undefined, '#/'],
  ['#/jobs', undefined, '#/jobs'],
])('[UI6] the token of %j leaves the address', (fragment, token, rest) => {
  expect(takeToken(fragment)).toEqual({ token, rest });
});

test.each([
  [' abc \n', 'abc'],
  ['http://127.0.0.1:4600/console/#token=abc', 'abc'],
  ['', undefined],
  ['two words', undefined],
  ['x'.repeat(201), undefined],
])('[UI7] a token can be pasted alone or inside an address: %j', (pasted, token) => {
  expect(cleanToken(pasted)).toBe(token);
});
