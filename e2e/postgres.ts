import { PostgresServer } from '../packages/storage/test/postgres-server.ts';
import { test as base } from './fixtures.ts';

/** Tests whose grid keeps everything in a real PostgreSQL, one for each worker and a new database for each test. */
export const test = base.extend<{ database: string }, { postgres: PostgresServer }>({
  postgres: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
    async ({}, use) => {
      const postgres = await PostgresServer.start();
      await use(postgres);
      await postgres.close();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  database: async ({ postgres }, use, { testId, repeatEachIndex, retry }) => {
    const name = `grid_${testId.replace(/\W/g, '_')}_${repeatEachIndex}_${retry}`;
    await postgres.create(name);
    await use(postgres.address(name));
  },
  upArgs: async ({ database }, use) => use(['--database', database]),
});
