import { join } from 'node:path';
import { findDesktop } from '../apps/cli/src/desktop.ts';
import { ensureBrowser, ensureFirefox } from './ensure-browser.ts';
import { runProgram } from './run-program.ts';
import { runTests } from './run-tests.ts';
import { takeScreenshots } from './screenshots/take.ts';

export { build } from './build.ts';

/** Does what `npm start`, `npm test` and so on promise; resolves with the exit code. Everything is installed by now. */
export async function run(root: string, name: string, args: readonly string[]): Promise<number> {
  switch (name) {
    case 'start':
      return program(root, 'manytabs', ['up', ...(findDesktop() ? ['--open'] : []), ...args]);
    case 'test':
      await ensureBrowser(root);
      await ensureFirefox();
      return runTests(root);
    case 'demo':
    case 'bench':
      return (await ensureBrowser(root)) ? program(root, name, args) : 1;
    case 'screenshots':
      return (await ensureBrowser(root)) ? takeScreenshots(root, args) : 1;
    case 'sim':
    case 'fuzz':
      return program(root, name, args);
    default:
      return 0;
  }
}

function program(root: string, name: string, args: readonly string[]): Promise<number> {
  const path = join(root, 'dist', 'node', `${name}.mjs`);
  return runProgram(process.execPath, [path, ...args], { cwd: root, stdio: 'inherit' });
}
