import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, expect, test } from 'vitest';
import { describeJournal } from './contract.ts';
import { MemoryJournal } from './memory-journal.ts';
import { SqliteJournal } from './sqlite-journal.ts';

const dir = mkdtempSync(join(tmpdir(), 'manytabs-journal-'));

afterAll(() => rmSync(dir, { recursive: true }));

const memory = new MemoryJournal();
describeJournal('memory', async () => memory);
describeJournal('SQLite', async () => new SqliteJournal(join(dir, 'grid.db')));

test('[ST26] data of a newer version is refused, and left as it is', () => {
  const path = join(dir, 'newer.db');
  const db = new Database(path);
  db.exec('PRAGMA user_version = 99');
  db.close();
  expect(() => new SqliteJournal(path)).toThrowError(
    expect.objectContaining({ code: 'storage-newer' }),
  );
});

test('[ST27] a file that is no database is refused', () => {
  const path = join(dir, 'rubbish.db');
  writeFileSync(path, 'no database at all, only some words that go on for a while');
  const refused = expect.objectContaining({ code: 'storage-failed' });
  expect(() => new SqliteJournal(path)).toThrowError(refused);
});

test('[ST28] of two processes on one file the later one writes, and the earlier one is told', async () => {
  const path = join(dir, 'shared.db');
  const first = new SqliteJournal(path);
  await first.claim(1);
  const second = new SqliteJournal(path);
  await second.claim(2);
  const late = first.append(1, [{ partition: 'p', records: [new Uint8Array([1])] }]);
  await expect(late).rejects.toMatchObject({ code: 'epoch-stale' });
  expect(await second.count('p')).toBe(0);
  await first.close();
  await second.close();
});
