import { existsSync } from 'node:fs';
import { onPath } from '@manytabs/browser';

const NAMES = ['firefox-esr', 'firefox'];
const MAC = '/Applications/Firefox.app/Contents/MacOS/firefox';

/** A Firefox on this machine: the one MANYTABS_FIREFOX names, else the first on the PATH, else an installed one. */
export function findFirefox(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env.MANYTABS_FIREFOX;
  const found = (named ? [named] : NAMES).map((name) => onPath(name, env)).find(Boolean);
  return found ?? [named ?? MAC].find(existsSync);
}
