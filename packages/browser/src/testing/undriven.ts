import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustFindBrowser } from '../find.ts';
import { BROWSER_FLAGS } from '../launch.ts';

/**
 * Opens an address in a browser that nobody drives. Playwright holds every new frame of a page whose frame once
 * crashed, so what happens after a crash can only be seen without it; the page reports by requests to its server.
 */
export async function openUndriven(
  url: string,
  flags: readonly string[] = [],
): Promise<{ close(): Promise<void> }> {
  const profile = await mkdtemp(join(tmpdir(), 'manytabs-browser-'));
  const own = ['--headless=new', '--disable-gpu', '--disable-dev-shm-usage'];
  const args = [...BROWSER_FLAGS, ...flags, ...own, `--user-data-dir=${profile}`, url];
  const browser = spawn(mustFindBrowser(), args, {
    stdio: 'ignore',
    detached: true,
  });
  const ended = once(browser, 'exit');
  return {
    close: async () => {
      if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
