import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteJournal, SqliteStore, shardIdOfSync } from '@manytabs/storage/node';
import { afterAll, expect, test } from 'vitest';
import { openLocalStores } from '../stores.ts';
import { backupGrid } from './backup-grid.ts';
import { restoreGrid } from './restore-grid.ts';

const dir = mkdtempSync(join(tmpdir(), 'manytabs-backup-'));
const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const SHARD = bytes('what a job needs');
const JOB = 'jobs/jaaaaaaaaaaaaaaaaaaaa';

afterAll(() => rmSync(dir, { recursive: true }));

async function fill(dataDir: string) {
  const stores = openLocalStores(dataDir);
  await stores.blobs.put(shardIdOfSync(SHARD), SHARD);
  await stores.journal.append(7, [
    { partition: `${JOB}/events`, records: [bytes('submitted')] },
    { partition: `${JOB}/rows`, records: [bytes('row 0'), bytes('row 1')] },
  ]);
  await stores.keyValue.put('a', bytes('1'), { expected: 0 });
  const gone = await stores.keyValue.put('b', bytes('2'), { expected: 0 });
  await stores.keyValue.delete('b', gone);
  return stores;
}

async function contentsOf(dataDir: string) {
  const stores = openLocalStores(dataDir);
  const { journal, keyValue, blobs } = stores;
  const contents = {
    token: stores.identity.token,
    rows: (await journal.read(`${JOB}/rows`, 0, 1e6)).map((row) => Buffer.from(row).toString()),
    events: await journal.count(`${JOB}/events`),
    epoch: await journal.epoch(),
    keys: (await keyValue.list('')).map(({ key, version }) => [key, version]),
    shard: Buffer.from((await blobs.get(shardIdOfSync(SHARD))) ?? []).toString(),
    nextVersion: await keyValue.put('c', bytes('3'), { expected: 0 }),
  };
  await stores.close();
  return contents;
}

test('[ST67] a backup of a grid that is being written is one moment, and restores to the same grid', async () => {
  const [from, to, file] = ['live', 'copy', 'grid.backup'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const live = await fill(from);
  let isDone = false;
  const writing = (async () => {
    for (let n = 2; !isDone; n++) {
      const parts = ['events', 'rows'].map((part) => ({
        partition: `${JOB}/${part}`,
        records: [bytes(`row ${n}`)],
      }));
      await live.journal.append(7, parts);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const inventory = await backupGrid({ dataDir: from }, file);
  isDone = true;
  await writing;
  const { token } = live.identity;
  await live.close();
  expect(inventory).toMatchObject({ jobs: 1, keys: 1, shards: 1 });
  await restoreGrid({ dataDir: to }, file);
  const restored = await contentsOf(to);
  // An event and a row were always written together, after the first row.
  expect(restored.rows).toHaveLength(restored.events + 1);
  expect(restored).toMatchObject({ token, epoch: 7, keys: [['a', 1]], shard: 'what a job needs' });
  expect(restored.nextVersion).toBeGreaterThan(2);
});

test('[ST68] a backup goes only where no grid is, and a damaged one nowhere', async () => {
  const [from, to, file] = ['one', 'two', 'one.backup'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  await (await fill(from)).close();
  await backupGrid({ dataDir: from }, file);
  await expect(restoreGrid({ dataDir: from }, file)).rejects.toMatchObject({ code: 'data-exists' });
  const whole = readFileSync(file);
  writeFileSync(`${file}.cut`, whole.subarray(0, whole.length - 1));
  await expect(restoreGrid({ dataDir: to }, `${file}.cut`)).rejects.toMatchObject({
    code: 'backup-damaged',
  });
  expect(existsSync(to)).toBe(false);
  await expect(backupGrid({ dataDir: to }, `${file}.none`)).rejects.toMatchObject({
    code: 'file-missing',
  });
});

test('[ST69] no grid starts on a restore that was cut short; the next one begins anew', async () => {
  const [from, to, file] = ['three', 'four', 'three.backup'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  await (await fill(from)).close();
  await backupGrid({ dataDir: from }, file);
  // As a restore leaves it that is killed in the middle.
  const half = new SqliteStore(join(to, 'journal.db'));
  await new SqliteJournal(half).append(1, [{ partition: `${JOB}/rows`, records: [bytes('half')] }]);
  half.close();
  writeFileSync(join(to, 'restoring'), '');
  expect(() => openLocalStores(to)).toThrowError(
    expect.objectContaining({ code: 'restore-unfinished' }),
  );
  await restoreGrid({ dataDir: to }, file);
  expect((await contentsOf(to)).rows).toEqual(['row 0', 'row 1']);
});
