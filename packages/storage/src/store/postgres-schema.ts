import { GridError } from '@manytabs/protocol';
import type { Ask, PostgresStore } from './postgres-store.ts';

/** One step a version; tables of an older one take the steps they miss. Names sort by bytes, as everywhere else. */
const MIGRATIONS = [
  `CREATE TABLE manytabs_record (
     partition text COLLATE "C" NOT NULL, number bigint NOT NULL, bytes bytea NOT NULL,
     PRIMARY KEY (partition, number)
   );
   CREATE TABLE manytabs_reign (
     name text COLLATE "C" PRIMARY KEY, epoch bigint NOT NULL, last_commit uuid NOT NULL
   ) WITH (fillfactor = 10);
   CREATE TABLE manytabs_entry (
     key text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, value bytea NOT NULL
   );
   CREATE TABLE manytabs_clock (
     one integer PRIMARY KEY CHECK (one = 1), version bigint NOT NULL
   ) WITH (fillfactor = 10);
   INSERT INTO manytabs_clock VALUES (1, 0);`,
  // Not compressed: what is large is compressed already, or random.
  `CREATE TABLE manytabs_blob (
     shard text COLLATE "C" PRIMARY KEY, size integer NOT NULL, bytes bytea STORAGE EXTERNAL NOT NULL
   );`,
  // Numbers that never come again: a removal names the use it knows of.
  `CREATE SEQUENCE manytabs_use;
   ALTER TABLE manytabs_blob ADD COLUMN uses bigint NOT NULL DEFAULT nextval('manytabs_use');`,
];

/** Any number, the same everywhere: two servers that start at once must not both make the tables. */
const LOCK = 6_151_867;

/**
 * Brings the tables forward; a user without the right to make tables may open those that are current.
 * @throws {GridError} `storage-newer`
 */
export async function migratePostgres(store: PostgresStore): Promise<void> {
  if ((await versionOf(store.query)) === MIGRATIONS.length) return;
  await store.commit(async (ask) => {
    await ask('SELECT pg_advisory_xact_lock($1)', LOCK);
    await ask('CREATE TABLE IF NOT EXISTS manytabs_schema (version integer NOT NULL)');
    const version = await versionOf(ask);
    for (const step of MIGRATIONS.slice(version)) await ask(step);
    await ask('DELETE FROM manytabs_schema');
    await ask('INSERT INTO manytabs_schema VALUES ($1)', MIGRATIONS.length);
  });
}

async function versionOf(ask: Ask): Promise<number> {
  const [found] = await ask<{ is_there: boolean }>(
    "SELECT to_regclass('manytabs_schema') IS NOT NULL AS is_there",
  );
  if (!found?.is_there) return 0;
  const [row] = await ask<{ version: number }>('SELECT version FROM manytabs_schema');
  const version = row?.version ?? 0;
  if (version <= MIGRATIONS.length) return version;
  const known = `this program knows ${MIGRATIONS.length}`;
  throw new GridError('storage-newer', `The tables have schema ${version}; ${known}.`);
}
