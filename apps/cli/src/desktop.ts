import { spawn } from 'node:child_process';
import { onPath } from '@manytabs/browser';

interface Opener {
  readonly command: string;
  readonly args: readonly string[];
}

/** How to show an address to the person at this machine; undefined where there is no desktop, or nobody at it. */
export function findDesktop(env: NodeJS.ProcessEnv = process.env): Opener | undefined {
  if (env.CI || env.SSH_CONNECTION) return undefined;
  if (process.platform === 'darwin') return { command: 'open', args: [] };
  if (process.platform === 'win32') return { command: 'cmd', args: ['/c', 'start', ''] };
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return undefined;
  return onPath('xdg-open', env) ? { command: 'xdg-open', args: [] } : undefined;
}

/** Shows it if it can; a desktop that refuses is no failure, since the address is printed as well. */
export function openOnDesktop(address: string): void {
  const desktop = findDesktop();
  if (!desktop) return;
  const child = spawn(desktop.command, [...desktop.args, address], {
    stdio: 'ignore',
    detached: true,
  });
  child.on('error', () => undefined);
  child.unref();
}
