import type { Bench } from '../bench.ts';
import type { BenchGrid } from '../bench-grid.ts';
import type { Row } from '../row.ts';
import { DonorTab } from './donor-tab.ts';

const MIB = 1024 * 1024;
const BUDGET_MIB = 64;
const FILES = 12;
const FILE_MIB = 16;
const SETTLED_MS = 12_000;
/** What the browser's store takes beside the bytes themselves. */
const BOOKS = 1.1;

/** Three times the budget is put on the grid, whose copies want to be on this tab. */
export async function storage(bench: Bench, grid: BenchGrid): Promise<readonly Row[]> {
  const browser = await bench.browser();
  const tab = await DonorTab.open(browser, grid, { rules: { storageMiB: BUDGET_MIB } });
  await tab.start();
  const { files } = grid.grid;
  for (let i = 0; i < FILES; i++)
    await files.put(`/bench/${i}.bin`, noise(FILE_MIB * MIB, i + 1), { durability: 'durable' });
  const kept = await mostKept(tab);
  const onDisk = await tab.page.evaluate(async () => (await navigator.storage.estimate()).usage);
  await files.remove('/bench', { recursive: true });
  await tab.close();
  const note = `${FILES * FILE_MIB} MiB were put on the grid meanwhile; the browser counts ${((onDisk ?? 0) / MIB).toFixed(0)} MiB for this origin.`;
  return [
    {
      figure: `storage budget of ${BUDGET_MIB} MiB: the most that was kept`,
      value: kept / MIB,
      unit: 'MiB',
      target: { atMost: BUDGET_MIB },
      note,
    },
    {
      figure: 'the same, as the browser counts it',
      value: (onDisk ?? 0) / MIB,
      unit: 'MiB',
      target: { atMost: BUDGET_MIB * BOOKS },
    },
  ];
}

async function mostKept(tab: DonorTab): Promise<number> {
  let most = 0;
  const until = performance.now() + SETTLED_MS;
  while (performance.now() < until) {
    most = Math.max(most, Number(await tab.fact('shardBytes')));
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return most;
}

/** Bytes that no store can make smaller, and that no two files share. */
function noise(length: number, seed: number): Uint8Array {
  const words = new Uint32Array(length / 4);
  let x = seed;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  return new Uint8Array(words.buffer);
}
