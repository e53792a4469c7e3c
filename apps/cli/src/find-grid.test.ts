import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findGrid } from './find-grid.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

const HERE = { url: 'http://127.0.0.1:4600/', token: 'of-this-folder', pid: 1, data: '/d' };

function folderWithGrid(): string {
  return scratchFolder({ '.manytabs/grid.json': JSON.stringify(HERE), 'deep/er/x': '' });
}

test('[UI73] the grid is named, else in the environment, else up in this folder or above', () => {
  const folder = join(folderWithGrid(), 'deep', 'er');
  const env = { MANYTABS_URL: 'http://env:1' };
  expect(findGrid({ url: 'http://named:2/console/' }, env, folder).url).toBe('http://named:2/');
  expect(findGrid({}, env, folder).url).toBe('http://env:1/');
  expect(findGrid({}, {}, folder)).toEqual({ url: HERE.url, token: HERE.token });
  expect(findGrid({ url: 'localhost:7' }, {}, folder).url).toBe('http://localhost:7/');
});

test('[UI73] a token that was given is never replaced, not even where it is empty', () => {
  const folder = folderWithGrid();
  expect(findGrid({ token: 'wrong' }, {}, folder).token).toBe('wrong');
  expect(findGrid({ token: '' }, {}, folder).token).toBe('');
  expect(findGrid({}, { MANYTABS_TOKEN: 'wrong' }, folder).token).toBe('wrong');
  expect(findGrid({ url: `${HERE.url}console/#token=wrong` }, {}, folder).token).toBe('wrong');
});

test('[UI73] the token of this folder goes to no other grid', () => {
  expect(findGrid({ url: 'http://other:4600' }, {}, folderWithGrid()).token).toBeUndefined();
  expect(findGrid({ url: 'http://127.0.0.1:4600' }, {}, folderWithGrid()).token).toBe(HERE.token);
});

test('no grid, a broken grid.json and an address that is none are told', () => {
  const broken = scratchFolder({ '.manytabs/grid.json': '{"url":7' });
  expect(() => findGrid({}, {}, broken)).toThrow(expect.objectContaining({ code: 'unreachable' }));
  expect(() => findGrid({ url: 'ftp://x' }, {}, broken)).toThrow(
    expect.objectContaining({ code: 'usage' }),
  );
});
