import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findBrowser } from './find.ts';

function folderWith(...names: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'manytabs-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of names) {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), 0o755);
  }
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
