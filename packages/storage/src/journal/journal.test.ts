import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

test('[ST52] a damaged record is told, and never read as another', async () => {
  const path = join(dir, 'rotten.db');
  const journal = new SqliteJournal(path);
  await journal.append(1, [
    { partition: 'p', records: [Buffer.from('sound'), Buffer.from('rots')] },
  ]);
  await journal.close();
  const db = new Database(path);
  db.exec("UPDATE record SET bytes = CAST('rotz' AS BLOB) WHERE number = 1");
  db.close();
  const again = new SqliteJournal(path);
  expect(await again.read('p', 0, 1)).toEqual([new Uint8Array(Buffer.from('sound'))]);
  await expect(again.read('p', 1, 100)).rejects.toMatchObject({
    code: 'storage-corrupt',
    message: expect.stringContaining('record 1 of p'),
  });
  await again.close();
});

test('[ST53] a torn end of the log is forgotten, down to the last commit that is whole', async () => {
  const path = join(dir, 'torn.db');
  const journal = new SqliteJournal(path);
  await journal.append(1, [{ partition: 'p', records: [Buffer.from('kept')] }]);
  const log = readFileSync(`${path}-wal`);
  await journal.append(1, [{ partition: 'p', records: [Buffer.alloc(9_000, 7)] }]);
  const torn = join(dir, 'torn-copy.db');
  copyFileSync(path, torn);
  // What a machine that lost power may leave: the first half of a commit, then rubbish.
  const whole = readFileSync(`${path}-wal`);
  const half = whole.subarray(0, log.length + (whole.length - log.length) / 2);
  writeFileSync(`${torn}-wal`, Buffer.concat([half, Buffer.alloc(5_000, 0xa5)]));
  const again = new SqliteJournal(torn);
  expect(await again.read('p', 0, 1e6)).toEqual([new Uint8Array(Buffer.from('kept'))]);
  await again.append(1, [{ partition: 'p', records: [Buffer.from('goes on')] }]);
  expect(await again.count('p')).toBe(2);
  await again.close();
  await journal.close();
});

test('[ST52] a torn page or a file cut short is found before anything is read', async () => {
  const path = join(dir, 'page.db');
  const store = new SqliteStore(path);
  const records = Array.from({ length: 400 }, () => Buffer.alloc(1_000, 1));
  await new SqliteJournal(store).append(1, [{ partition: 'p', records }]);
  store.close();
  const bytes = readFileSync(path);
  const tornPath = join(dir, 'page-torn.db');
  const middle = Math.floor(bytes.length / 2);
  writeFileSync(tornPath, Buffer.from(bytes).fill(0xff, middle, middle + 9_000));
  const torn = new SqliteStore(tornPath);
  const corrupt = expect.objectContaining({ code: 'storage-corrupt' });
  expect(() => torn.verify(1e9)).toThrowError(corrupt);
  torn.close();
  const cut = join(dir, 'page-cut.db');
  writeFileSync(cut, bytes.subarray(0, bytes.length - 9_000));
  expect(() => new SqliteStore(cut).verify(1e9)).toThrowError(corrupt);
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
