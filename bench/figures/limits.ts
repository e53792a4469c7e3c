import type { Bench } from '../bench.ts';
import { BenchGrid } from '../bench-grid.ts';
import { duty } from '../limits/duty.ts';
import type { Row } from '../row.ts';

/** Whether the tab keeps to what its person was promised: real tabs, the real clock, the system's own count. */
export async function limits(bench: Bench): Promise<readonly Row[]> {
  const grid = await BenchGrid.start(bench.root);
  try {
    return [...(await duty(bench, grid))];
  } finally {
    await grid.close();
  }
}
