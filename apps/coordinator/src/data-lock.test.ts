import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lockDataDir } from './data-lock.ts';

const dir = mkdtempSync(join(tmpdir(), 'manytabs-lock-'));

afterAll(() => rmSync(dir, { recursive: true }));

test('[CO70] a second coordinator is kept off a data directory while the first one lives', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(other, 'spawn');
  writeFileSync(join(dir, 'pid'), `${other.pid}\n`);
  expect(() => lockDataDir(dir)).toThrowError(expect.objectContaining({ code: 'data-in-use' }));
  other.kill('SIGKILL');
  await once(other, 'exit');
  const unlock = lockDataDir(dir);
  unlock();
  unlock();
});
