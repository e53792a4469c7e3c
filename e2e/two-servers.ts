import { GridProcess } from './grid-process.ts';
import { test as base } from './postgres.ts';

interface Fixtures {
  readonly other: GridProcess;
  /** One tab at each server. */
  readonly openTabs: () => Promise<void>;
}

/** A second server on the database of the first. */
export const test = base.extend<Fixtures>({
  other: async ({ database, grid: _ }, use) => {
    const other = await GridProcess.start(['--database', database]);
    await use(other);
    await other.stop();
  },
  openTabs: async ({ other, openTab }, use) => {
    base.slow();
    await use(async () => {
      await openTab();
      await openTab({ url: other.ready.volunteer });
    });
  },
});
