import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { LateSync } from './late-sync.ts';
import { SqliteStore } from './sqlite-store.ts';

const dir = mkdtempSync(join(tmpdir(), 'manytabs-store-'));
const INSERT = 'INSERT INTO entry VALUES (?, ?, ?)';
const COUNT = 'SELECT count(*) AS count FROM entry';

afterAll(() => rmSync(dir, { recursive: true }));

const add = (store: SqliteStore, key: string) =>
  store.commit(() => store.statement(INSERT).run([key, 1, Buffer.alloc(10)]));

const synchronous = (store: SqliteStore) =>
  store.query<{ synchronous: number }>('PRAGMA synchronous')[0]?.synchronous;

test('[ST50] a commit waits for the disk only where nothing may be lost with the power', async () => {
  const [full, normal] = [2, 1];
  const strict = new SqliteStore(join(dir, 'strict.db'), { lossMsMax: 0 });
  const usual = new SqliteStore(join(dir, 'usual.db'));
  expect([synchronous(strict), synchronous(usual)]).toEqual([full, normal]);
  for (const store of [strict, usual]) {
    add(store, 'a');
    await store.settle();
    store.close();
  }
});

test('[ST50] a killed process loses no commit', async () => {
  const path = join(dir, 'killed.db');
  new SqliteStore(path).close();
  const libsql = createRequire(import.meta.url).resolve('libsql');
  // The settings of the store, in a process that dies right after its last commit.
  const child = spawn(
    process.execPath,
    [
      '-e',
      `const db = new (require(${JSON.stringify(libsql)}))(${JSON.stringify(path)});
       db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
       const insert = db.prepare('${INSERT}');
       for (let i = 0; i < 100; i++) { db.exec('BEGIN IMMEDIATE'); insert.run(['k' + i, 1, Buffer.alloc(9)]); db.exec('COMMIT'); }
       process.kill(process.pid, 'SIGKILL');`,
    ],
    { stdio: 'ignore' },
  );
  await once(child, 'exit');
  const store = new SqliteStore(path);
  expect(store.query(COUNT)).toEqual([{ count: 100 }]);
  store.close();
});

test('[ST51] what the disk refused late is heard by the next writer, once', async () => {
  // No disk: such a file cannot be synchronised.
  const late = new LateSync('/dev/null', 1);
  late.written();
  await expect(late.now()).rejects.toThrow();
  expect(() => late.check()).toThrow();
  expect(() => late.check()).not.toThrow();
  late.close();
});
