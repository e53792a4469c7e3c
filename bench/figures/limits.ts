import type { Bench } from '../bench.ts';
import { BenchGrid } from '../bench-grid.ts';
import { duty } from '../limits/duty.ts';
import { firstPixel } from '../limits/first-pixel.ts';
import { obeyed } from '../limits/obeyed.ts';
import { rulesKept } from '../limits/rules-kept.ts';
import { storage } from '../limits/storage.ts';
import type { Row } from '../row.ts';

const PARTS = [firstPixel, duty, obeyed, rulesKept, storage];

/** Whether the tab keeps to what its person was promised: real tabs, the real clock, the system's own count. */
export async function limits(bench: Bench): Promise<readonly Row[]> {
  const grid = await BenchGrid.start(bench.root);
  try {
    const rows: Row[] = [];
    for (const part of PARTS) rows.push(...(await part(bench, grid)));
    return rows;
  } finally {
    await grid.close();
  }
}
