import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lockDataDir } from './data-lock.ts';

const dir = mkdtempSync(join(tmpdir(), 'manytabs-lock-'));
const inUse = expect.objectContaining({ code: 'data-in-use' });

afterAll(() => rmSync(dir, { recursive: true }));

test('[CO70] a second coordinator is kept off a data directory while the first one lives', async () => {
  const libsql = createRequire(new URL('../../../packages/storage/src/node.ts', import.meta.url));
  const other = spawn(process.execPath, [
    '-e',
    `const db = new (require(${JSON.stringify(libsql.resolve('libsql'))}))(${JSON.stringify(join(dir, 'lock'))});
     db.exec('BEGIN EXCLUSIVE');
     console.log('held');
     setInterval(() => {}, 1000);`,
  ]);
  await once(other.stdout, 'data');
  expect(() => lockDataDir(dir)).toThrowError(inUse);
  other.kill('SIGKILL');
  await once(other, 'exit');
  const unlock = lockDataDir(dir);
  expect(() => lockDataDir(dir)).toThrowError(inUse);
  unlock();
  unlock();
  lockDataDir(dir)();
});

test('[CO70] a process that got the number of a dead one holds nothing', () => {
  writeFileSync(join(dir, 'pid'), `${process.ppid}\n`);
  lockDataDir(dir)();
});
