import { GridProcess } from './grid-process.ts';
import { test as base } from './postgres.ts';

/** A second server on the database of the first. */
export const test = base.extend<{ other: GridProcess }>({
  other: async ({ database, grid: _ }, use) => {
    const other = await GridProcess.start(['--database', database]);
    await use(other);
    await other.stop();
  },
});
