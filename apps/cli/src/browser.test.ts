import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBrowser } from './browser.ts';
import { volunteerAddress } from './headless-tabs.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

function folderWith(...names: string[]): string {
  const folder = scratchFolder(Object.fromEntries(names.map((name) => [name, ''])));
  for (const name of names) chmodSync(join(folder, name), 0o755);
  return folder;
}

test('[UI89] the browser is the one named, else the first on the PATH', () => {
  const first = folderWith('google-chrome');
  const second = folderWith('chromium', 'my-browser');
  const PATH = `${first}:${second}`;
  expect(findBrowser({ PATH })).toBe(join(second, 'chromium'));
  expect(findBrowser({ PATH: first })).toBe(join(first, 'google-chrome'));
  expect(findBrowser({ PATH, MANYTABS_BROWSER: 'my-browser' })).toBe(join(second, 'my-browser'));
  const path = join(first, 'google-chrome');
  expect(findBrowser({ PATH, MANYTABS_BROWSER: path })).toBe(path);
});

test('[UI89] a named browser that is not there is replaced by no other', () => {
  const PATH = folderWith('chromium');
  expect(findBrowser({ PATH, MANYTABS_BROWSER: '/gone/browser' })).toBeUndefined();
});

test('[UI86] options of a tab travel in the fragment, which no server sees', () => {
  const address = volunteerAddress('http://grid.test:4600/', { workers: 2, fault: 'slow:3' });
  expect(address).toBe('http://grid.test:4600/#workers=2&fault=slow%3A3');
  expect(volunteerAddress('http://grid.test/#host=host-a', { workers: 2 })).toBe(
    'http://grid.test/#host=host-a&workers=2',
  );
  expect(volunteerAddress('http://grid.test/', { token: undefined })).toBe('http://grid.test/');
});
