import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, expect, test } from 'vitest';
import { SqliteKeyValue } from '../key-value/sqlite-key-value.ts';
import { SqliteStore } from '../store/sqlite-store.ts';
import { describeJournal, describeSharedJournal } from './contract.ts';
import { MemoryJournal } from './memory-journal.ts';
import { SqliteJournal } from './sqlite-journal.ts';

const dir = mkdtempSync(join(tmpdir(), 'manytabs-journal-'));

afterAll(() => rmSync(dir, { recursive: true }));

const memory = new MemoryJournal();
describeJournal('memory', async () => memory);
describeJournal('SQLite', async () => new SqliteJournal(join(dir, 'grid.db')));

let shared = 0;
describeSharedJournal('SQLite', async () => {
  const path = join(dir, `shared-${shared++}.db`);
  return [new SqliteJournal(path), new SqliteJournal(path)];
});

test('[ST26] data of a newer version is refused, and left as it is', () => {
  const path = join(dir, 'newer.db');
  const db = new Database(path);
  db.exec('PRAGMA user_version = 99');
  db.close();
  expect(() => new SqliteJournal(path)).toThrowError(
    expect.objectContaining({ code: 'storage-newer' }),
  );
});

test('[ST29] data of an older version is brought forward', async () => {
  const path = join(dir, 'older.db');
  const db = new Database(path);
  db.exec(`
    CREATE TABLE record (
      partition TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (partition, number)
    ) WITHOUT ROWID;
    CREATE TABLE reign (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL);
    INSERT INTO reign VALUES (1, 3);
    INSERT INTO record VALUES ('p', 0, x'0102');
    PRAGMA user_version = 1;`);
  db.close();
  const store = new SqliteStore(path);
  const journal = new SqliteJournal(store);
  expect(await journal.read('p', 0, 100)).toEqual([new Uint8Array([1, 2])]);
  expect(await journal.epoch()).toBe(3);
  const version = await new SqliteKeyValue(store).put('k', new Uint8Array(1), { expected: 0 });
  expect(version).toBe(1);
  store.close();
});

test('[ST27] a file that is no database is refused', () => {
  const path = join(dir, 'rubbish.db');
  writeFileSync(path, 'no database at all, only some words that go on for a while');
  const refused = expect.objectContaining({ code: 'storage-failed' });
  expect(() => new SqliteJournal(path)).toThrowError(refused);
});

test('[ST10] a full file refuses with storage-full, loses nothing, and goes on once there is room', async () => {
  const path = join(dir, 'full.db');
  const store = new SqliteStore(path, { bytesMax: 200_000 });
  const journal = new SqliteJournal(store);
  const small = { partition: 'p', records: [new Uint8Array(1000)] };
  await journal.append(1, [small]);
  const large = { partition: 'p', records: [new Uint8Array(10), new Uint8Array(400_000)] };
  await expect(journal.append(1, [large])).rejects.toMatchObject({ code: 'storage-full' });
  expect(await journal.count('p')).toBe(1);
  await journal.append(1, [small]);
  store.close();
  const roomy = new SqliteJournal(path);
  await roomy.append(1, [large]);
  expect(await roomy.count('p')).toBe(4);
  await roomy.close();
});

test('[ST14] a closed journal is storage-failed', async () => {
  const journal = new SqliteJournal(join(dir, 'closed.db'));
  await journal.close();
  await journal.close();
  const failed = { code: 'storage-failed' };
  await expect(journal.append(1, [])).rejects.toMatchObject(failed);
  await expect(journal.read('p', 0, 1)).rejects.toMatchObject(failed);
});
