import { findBrowser, onPath } from '@manytabs/browser';
import { findFirefox } from './find-firefox.ts';
import { runProgram } from './run-program.ts';

/**
 * Makes sure that there is a Chromium: the machine's own, else Playwright's download, else the system's package. What
 * runs below finds it under MANYTABS_BROWSER.
 */
export async function ensureBrowser(root: string): Promise<boolean> {
  const ways: (() => Promise<unknown>)[] = [
    async () => undefined,
    () => playwrightDownload(root),
    () => systemPackage('chromium'),
  ];
  for (const way of ways) {
    await way();
    const found = findBrowser();
    if (!found) continue;
    process.env.MANYTABS_BROWSER = found;
    return true;
  }
  process.stderr.write('No browser: install Chromium, or name one with MANYTABS_BROWSER.\n');
  return false;
}

/** A second engine, which only the tests want: without one they say what they leave out. */
export async function ensureFirefox(): Promise<void> {
  if (!findFirefox()) await systemPackage('firefox-esr');
}

async function playwrightDownload(root: string): Promise<void> {
  process.stderr.write('No browser on this machine; trying to get Chromium…\n');
  const args = ['playwright', 'install', 'chromium'];
  await runProgram('npx', args, { cwd: root, stdio: ['ignore', 2, 2], timeout: 300_000 });
}

async function systemPackage(name: string): Promise<void> {
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return;
  process.stderr.write(`Trying the system's package (apt-get install ${name})…\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: ['ignore', 2, 2] as ('ignore' | number)[], timeout: 600_000 };
  await runProgram('apt-get', ['update'], options);
  await runProgram('apt-get', ['install', '-y', '--no-install-recommends', name], options);
}
