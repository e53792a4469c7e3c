import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from './fixtures.ts';
import { RunningCommand } from './grid-process.ts';

const DEMO = fileURLToPath(new URL('../dist/node/demo.mjs', import.meta.url));

test('[UI91] the demo makes the known picture with a liar among its tabs, and names it', async () => {
  const folder = test.info().outputDir;
  mkdirSync(folder, { recursive: true });
  const child = spawn(process.execPath, [DEMO, 'bunny-preview'], { cwd: folder });
  const { code, stdout, stderr } = await new RunningCommand(child).ended;
  expect(stdout + stderr).toContain('All right.');
  const liar = /^liar +(v[a-z2-7]{26})$/m.exec(stdout)?.[1];
  expect(stdout).toMatch(new RegExp(`^caught +${liar}, `, 'm'));
  expect(existsSync(join(folder, 'demo', 'bunny-preview.png'))).toBe(true);
  expect(code).toBe(0);
});
