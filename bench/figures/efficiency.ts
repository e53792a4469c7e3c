import { type Grid, range } from 'manytabs';
import type { Bench } from '../bench.ts';
import type { BarePeer } from '../ceiling/bare-peer.ts';
import type { Row } from '../row.ts';
import { median } from '../statistics.ts';

const SIZES = [
  { ms: 1, tasks: 4000, atLeast: 0.7 },
  { ms: 10, tasks: 500, atLeast: 0.93 },
  { ms: 100, tasks: 60, atLeast: 0.98 },
] as const;

type Size = (typeof SIZES)[number];

/** The same work on two bare workers and on the grid's two workers: how much of the bare speed is left. */
export async function efficiency(bench: Bench): Promise<readonly Row[]> {
  const { grid } = await bench.grid();
  const bare = await bench.bare();
  const loopsPerMs = await bare.loopsFor(1);
  const rows: Row[] = [];
  for (const size of SIZES) rows.push(await measure(bench, grid, bare, size, loopsPerMs));
  return rows;
}

async function measure(
  bench: Bench,
  grid: Grid,
  bare: BarePeer,
  size: Size,
  loopsPerMs: number,
): Promise<Row> {
  const loops = loopsPerMs * size.ms;
  const spans: { grid: number[]; bare: number[] } = { grid: [], bare: [] };
  for (let round = 0; round < bench.rounds; round++) {
    spans.bare.push(await bare.spin(loops, size.tasks));
    spans.grid.push(await spinOnGrid(grid, loops, size.tasks));
  }
  const ratios = spans.grid.map((span, i) => (spans.bare[i] ?? 0) / span);
  bench.say(`  ${size.ms} ms: ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}`);
  return {
    figure: `efficiency of two workers, ${size.ms} ms tasks`,
    value: median(ratios),
    unit: '',
    target: { atLeast: size.atLeast },
    beside: { name: 'two bare workers', value: 1 },
    samples: ratios,
    note: `${size.tasks} tasks: ${Math.round(median(spans.grid))} ms on the grid, ${Math.round(median(spans.bare))} ms bare.`,
  };
}

async function spinOnGrid(grid: Grid, loops: number, tasks: number): Promise<number> {
  const began = performance.now();
  await grid.map(
    range(tasks),
    (seed: number, ctx) => {
      const { loops } = ctx.args;
      let x = seed;
      for (let i = 0; i < loops; i++) x = (Math.imul(x, 1103515245) + 12345) | 0;
      return x;
    },
    { quorum: 1, args: { loops }, name: 'bench: busy' },
  );
  return performance.now() - began;
}
