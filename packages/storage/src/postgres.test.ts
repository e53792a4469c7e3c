import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaultyProxy } from '../test/faulty-proxy.ts';
import { PostgresServer } from '../test/postgres-server.ts';
import { describeCollectedBlobs, describeLastingBlobs } from './contract.ts';
import { shardIdOf } from './digest.ts';
import { describeJournal, describeSharedJournal } from './journal/contract.ts';
import { describeKeyValue } from './key-value/contract.ts';
import { PostgresBlobs, PostgresJournal, PostgresKeyValue, PostgresStore } from './postgres.ts';

// A real PostgreSQL, behind a proxy where the network is to fail: its locks, its refusals and what it does with a
// commit whose answer is lost are what these tests are about.

let server: PostgresServer;
let databases = 0;
const stores = new Set<PostgresStore>();

beforeAll(async () => {
  server = await PostgresServer.start();
}, 60_000);
afterAll(async () => {
  await closeStores();
  await server.close();
}, 60_000);

async function closeStores(): Promise<void> {
  await Promise.all([...stores].map((store) => store.close()));
  stores.clear();
}

async function newDatabase(): Promise<string> {
  const name = `grid_${databases++}`;
  await asOwner('postgres', `CREATE DATABASE ${name}`);
  return name;
}

async function asOwner(database: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(server.address(database));
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function openStore(...args: Parameters<typeof PostgresStore.open>): Promise<PostgresStore> {
  const store = await PostgresStore.open(...args);
  stores.add(store);
  return store;
}

const record = (...values: number[]) => Uint8Array.from(values);
const one = (...values: number[]) => [{ partition: 'p', records: [record(...values)] }];
const valuesOf = async (journal: PostgresJournal, partition = 'p') =>
  (await journal.read(partition, 0, Infinity)).map(([value]) => value);

let journalDatabase: string | undefined;
describeJournal('PostgreSQL', async () => {
  await closeStores();
  journalDatabase ??= await newDatabase();
  return new PostgresJournal(await openStore(server.address(journalDatabase)));
});

describeSharedJournal('PostgreSQL', async () => {
  const address = server.address(await newDatabase());
  return [
    new PostgresJournal(await openStore(address)),
    new PostgresJournal(await openStore(address)),
  ];
});

let keyValueDatabase: string | undefined;
const openKeyValue = async () => {
  keyValueDatabase ??= await newDatabase();
  return new PostgresKeyValue(await openStore(server.address(keyValueDatabase)));
};
describeKeyValue('PostgreSQL', { open: openKeyValue, beside: openKeyValue });

let blobsDatabase = '';
describeLastingBlobs('PostgreSQL', async () => {
  const open = async () => new PostgresBlobs(await openStore(server.address(blobsDatabase)));
  return {
    open: async () => {
      blobsDatabase = await newDatabase();
      return open();
    },
    reopen: open,
    rot: async (shard) => {
      const rotten = 'set_byte(bytes, 5, get_byte(bytes, 5) # 1)';
      const text = `UPDATE manytabs_blob SET bytes = ${rotten} WHERE shard = '${shard}'`;
      await asOwner(blobsDatabase, text);
    },
    close: closeStores,
  };
});

describeCollectedBlobs('PostgreSQL', async () => {
  const address = server.address(await newDatabase());
  return { open: async () => new PostgresBlobs(await openStore(address)), close: closeStores };
});

test('[ST60] a shard that one server stores is read by the others', async () => {
  const address = server.address(await newDatabase());
  const [one, other] = await Promise.all([openStore(address), openStore(address)]);
  const bytes = record(1, 2, 3);
  const shard = await shardIdOf(bytes);
  await new PostgresBlobs(one).put(shard, bytes);
  expect(await new PostgresBlobs(other).get(shard)).toEqual(bytes);
});

describe('a journal in PostgreSQL', { timeout: 30_000 }, () => {
  test('[ST40] an append whose answer was lost is not there twice when it is repeated', async () => {
    const { journal, proxy, direct } = await behindProxy();
    await journal.append(1, [...one(1), { partition: 'marker', records: [record(1)] }]);
    // By a single statement, as the counts are known, and by a transaction.
    const losses = [
      { partition: 'marker', pattern: /marker/, before: [1] },
      { partition: 'new', pattern: /COMMIT\0/, before: [] },
    ];
    for (const { partition, pattern, before } of losses) {
      proxy.cutAfter(pattern);
      const appended = [{ partition, records: [record(3)] }];
      await expect(journal.append(1, appended)).rejects.toMatchObject({ code: 'storage-failed' });
      expect(await valuesOf(direct, partition)).toEqual([...before, 3]);
      await journal.append(1, structuredClone(appended));
      await journal.append(1, [{ partition, records: [record(4)] }]);
      expect(await valuesOf(direct, partition)).toEqual([...before, 3, 4]);
    }
    await proxy.close();
  });

  test('[ST40] an append that did not arrive is there once when it is repeated', async () => {
    const { journal, proxy } = await behindProxy();
    await journal.append(1, one(1));
    proxy.cut();
    const appended = one(2);
    for (let attempt = 0; attempt < 20; attempt++) {
      const outcome = await journal.append(1, appended).then(
        () => 'done',
        ({ code }) => code,
      );
      if (outcome === 'done') break;
      expect(outcome).toBe('storage-failed');
    }
    await journal.append(1, one(2));
    expect(await valuesOf(journal)).toEqual([1, 2, 2]);
    await proxy.close();
  });

  test('[ST40] after a lost answer something else is appended after it', async () => {
    const { journal, proxy } = await behindProxy();
    await journal.append(1, one(1));
    proxy.cutAfter(/"p"/);
    await expect(journal.append(1, one(2))).rejects.toMatchObject({ code: 'storage-failed' });
    await journal.claim(2);
    await journal.append(2, one(3));
    expect(await valuesOf(journal)).toEqual([1, 2, 3]);
    await proxy.close();
  });

  test('[ST40] a lost answer is remembered over a claim', async () => {
    const { journal, proxy } = await behindProxy();
    await journal.append(1, one(1));
    proxy.cutAfter(/"p"/);
    await expect(journal.append(1, one(2))).rejects.toMatchObject({ code: 'storage-failed' });
    await journal.claim(2);
    await journal.append(2, one(2));
    expect(await valuesOf(journal)).toEqual([1, 2]);
    await proxy.close();
  });

  test('[ST40] an append that arrives after it was given up does nothing', async () => {
    const { journal, proxy, direct } = await behindProxy();
    await journal.append(1, [...one(1), { partition: 'late', records: [record(1)] }]);
    const deliver = proxy.holdBack(/"late"/);
    const late = journal.append(1, [{ partition: 'late', records: [record(2)] }]);
    await expect(late).rejects.toMatchObject({ code: 'storage-failed' });
    await journal.append(1, one(3));
    await deliver();
    expect(await valuesOf(direct, 'late')).toEqual([1]);
    await journal.append(1, [{ partition: 'late', records: [record(4)] }]);
    expect(await valuesOf(direct, 'late')).toEqual([1, 4]);
    await proxy.close();
  });

  test('[ST41] a network that says nothing any more fails after a while, and then goes on', async () => {
    const { journal, proxy } = await behindProxy({ answerMs: 300 });
    await journal.append(1, one(1));
    proxy.freeze(true);
    await expect(journal.append(1, one(2))).rejects.toMatchObject({ code: 'storage-failed' });
    proxy.freeze(false);
    await journal.append(1, one(2));
    expect(await valuesOf(journal)).toEqual([1, 2]);
    await proxy.close();
  });

  test('[ST41] a server that crashed fails what is asked, and goes on once it is back', async () => {
    const store = await openStore(server.address(await newDatabase()));
    const [journal, keyValue] = [new PostgresJournal(store), new PostgresKeyValue(store)];
    await journal.append(1, one(1));
    const told: unknown[] = [];
    await keyValue.watch('k', (change) => told.push(change));
    await server.down();
    await expect(journal.append(1, one(2))).rejects.toMatchObject({ code: 'storage-failed' });
    await expect(journal.append(1, one(2))).rejects.toMatchObject({ code: 'storage-failed' });
    await expect(keyValue.get('k')).rejects.toMatchObject({ code: 'storage-failed' });
    await server.up();
    await expect.poll(() => journal.append(1, one(2)).then(() => 'done', String)).toBe('done');
    expect(await valuesOf(journal)).toEqual([1, 2]);
    await expect.poll(() => told, { timeout: 10_000 }).toEqual([undefined]);
    const version = await keyValue.put('k', record(1), { expected: 0 });
    await expect.poll(() => told).toEqual([undefined, { key: 'k', version }]);
  });

  test('[ST42] a read loads no more than it is asked for', async () => {
    const journal = new PostgresJournal(await openStore(server.address(await newDatabase())));
    const records = Array.from({ length: 10_000 }, (_, i) => record(i % 256, i >> 8));
    await journal.append(1, [{ partition: 'p', records }]);
    expect(await journal.read('p', 0, 100)).toHaveLength(50);
    expect(await journal.read('p', 0, 9_001)).toHaveLength(4_500);
    expect(await journal.read('p', 9_000, Infinity)).toHaveLength(1_000);
    const all = await journal.read('p', 0, Infinity);
    expect(all.every(([low, high], i) => low === i % 256 && high === i >> 8)).toBe(true);
    expect(all).toHaveLength(10_000);
  });

  test('[ST43] journals of different reigns do not fence each other', async () => {
    const store = await openStore(server.address(await newDatabase()));
    const a = new PostgresJournal(store, { reign: 'a' });
    const b = new PostgresJournal(store, { reign: 'b' });
    await a.claim(7);
    await b.append(1, [{ partition: 'b', records: [record(1)] }]);
    await a.append(7, [{ partition: 'a', records: [record(2)] }]);
    expect([await a.epoch(), await b.epoch()]).toEqual([7, 1]);
    expect(await a.partitions('')).toEqual(['a', 'b']);
  });

  async function behindProxy(options = {}) {
    const proxy = await FaultyProxy.to(server.port);
    const database = await newDatabase();
    const address = server.address(database, { port: proxy.port });
    const journal = new PostgresJournal(await openStore(address, options));
    const direct = new PostgresJournal(await openStore(server.address(database)));
    return { proxy, journal, direct };
  }
});

describe('a PostgreSQL that refuses', { timeout: 30_000 }, () => {
  const refusal = (address: string) => expect(PostgresStore.open(address)).rejects;

  test('[ST44] a wrong address says what to check', async () => {
    const unreachable = { code: 'database-unreachable' };
    await refusal('postgres://postgres:x@127.0.0.1:1/grid').toMatchObject(unreachable);
    await refusal('postgres://postgres:x@nowhere.invalid/grid').toMatchObject(unreachable);
    await refusal('mysql://nowhere.invalid/grid').toMatchObject({ code: 'input-invalid' });
    await refusal('no address').toMatchObject({ code: 'input-invalid' });
  });

  test('[ST44] a wrong password, user or database says what to check, and never the password', async () => {
    const refused = { code: 'database-refused' };
    const secret = 'not-the-password';
    const wrong = server.address('postgres', { password: secret });
    const thrown = await PostgresStore.open(wrong).catch((reason) => reason);
    expect(thrown).toMatchObject(refused);
    expect(String(thrown.message)).not.toContain(secret);
    await refusal(server.address('no_such_database')).toMatchObject(refused);
    await refusal(server.address('postgres', { user: 'nobody_known' })).toMatchObject(refused);
  });

  test('[ST44] a right that is missing, or taken away, says so', async () => {
    const database = await newDatabase();
    await asOwner(
      database,
      `CREATE USER guest PASSWORD 'guest'; REVOKE CREATE ON SCHEMA public FROM PUBLIC;`,
    );
    const guest = server.address(database, { user: 'guest', password: 'guest' });
    await refusal(guest).toMatchObject({ code: 'database-refused' });
    await openStore(server.address(database));
    await asOwner(database, 'GRANT ALL ON ALL TABLES IN SCHEMA public TO guest');
    const store = await openStore(guest);
    const [journal, keyValue] = [new PostgresJournal(store), new PostgresKeyValue(store)];
    await journal.append(1, one(1));
    await asOwner(database, 'REVOKE INSERT, UPDATE ON ALL TABLES IN SCHEMA public FROM guest');
    const refused = { code: 'database-refused' };
    await expect(journal.append(1, one(2))).rejects.toMatchObject(refused);
    await expect(keyValue.put('k', record(1), { expected: 0 })).rejects.toMatchObject(refused);
    await asOwner(database, 'GRANT ALL ON ALL TABLES IN SCHEMA public TO guest');
    await journal.append(1, one(2));
    expect(await valuesOf(journal)).toEqual([1, 2]);
  });

  test('[ST26] tables of a newer version are refused, and left as they are', async () => {
    const database = await newDatabase();
    await openStore(server.address(database));
    await asOwner(database, 'UPDATE manytabs_schema SET version = 99');
    await refusal(server.address(database)).toMatchObject({ code: 'storage-newer' });
    const [row] = await asOwner(database, 'SELECT version FROM manytabs_schema');
    expect(row).toEqual({ version: 99 });
  });

  test('[ST29] servers that start at once make the tables once', async () => {
    const address = server.address(await newDatabase());
    const opened = await Promise.all(Array.from({ length: 4 }, () => openStore(address)));
    expect(opened).toHaveLength(4);
  });
});
