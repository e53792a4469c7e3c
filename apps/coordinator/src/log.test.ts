import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openLog } from './log.ts';

const dir = mkdtempSync(join(tmpdir(), 'manytabs-log-'));

afterAll(() => rmSync(dir, { recursive: true }));

test('[CO88] a log is one JSON object a line', () => {
  const path = join(dir, 'deep', 'log.ndjson');
  const log = openLog(path);
  log.note('info', 'two\nlines');
  log.note('error', 'no room', { code: 'storage-full' });
  log.close();
  const rows = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows).toMatchObject([
    { level: 'info', msg: 'two\nlines', pid: process.pid },
    { level: 'error', msg: 'no room', code: 'storage-full' },
  ]);
  expect(Date.parse(rows[0].time)).toBeGreaterThan(0);
});
