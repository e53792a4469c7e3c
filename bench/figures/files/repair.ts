import type { FileStat } from 'manytabs';
import type { Bench } from '../../bench.ts';
import type { Row } from '../../row.ts';
import { putOnTabs, withTabs } from './file-grid.ts';

const LOST_SHARDS = 64;
const TABS = 4;
const LOOK_MS = 50;

/** A renderer with a share of the copies dies without a word. */
export async function repair(bench: Bench): Promise<readonly Row[]> {
  const { seconds, lost } = await withTabs(bench, TABS, async ({ grid }, pages) => {
    await putOnTabs(grid, '/lost', 2 * LOST_SHARDS, 2);
    const missing = async () => ((await grid.files.stat('/lost')) as FileStat).missing;
    await pages[0]?.goto('chrome://crash').catch(() => undefined);
    while ((await missing()) === 0) await pause();
    const began = performance.now();
    let most = 0;
    for (let left = await missing(); left > 0; left = await missing()) {
      most = Math.max(most, left);
      await pause();
    }
    return { seconds: (performance.now() - began) / 1_000, lost: most };
  });
  return [
    {
      figure: `lost copies made again, ${TABS} tabs`,
      value: seconds,
      unit: 's',
      target: { atMost: 30 },
      note: `${lost} shards of a MiB were short of a copy; from when the loss was seen.`,
    },
  ];
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
