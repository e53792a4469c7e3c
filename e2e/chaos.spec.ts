import { survivesChaos } from './chaos.ts';
import { test } from './fixtures.ts';
import { test as withDatabase } from './postgres.ts';

test('[CO98] coordinator and tabs are killed in random order, and every result is right and counted once', async ({
  grid,
  openTab,
}) => {
  test.slow();
  await survivesChaos(grid, openTab);
});

withDatabase(
  '[CO98] so are coordinator, tabs and the database under them',
  async ({ grid, openTab, postgres }) => {
    withDatabase.slow();
    const database = async () => {
      await postgres.down();
      await postgres.up();
    };
    await survivesChaos(grid, openTab, { database });
  },
);
