import { randomBytes } from 'node:crypto';
import type { Bench } from '../../bench.ts';
import type { BenchGrid } from '../../bench-grid.ts';
import type { Row } from '../../row.ts';
import { MIB, withTabs } from './file-grid.ts';

const TABS = 12;
const INPUT_MIB = 16;

/** A job that twelve tabs open at once, each of which needs all of its input. */
export async function spread(bench: Bench): Promise<readonly Row[]> {
  const { sent, seconds } = await withTabs(bench, TABS, async (opened) => {
    const before = await bulkBytesOut(opened);
    const began = performance.now();
    await opened.grid.map([0], (n: number) => n, {
      files: { 'input.bin': randomBytes(INPUT_MIB * MIB) },
      // One task that all of them must compute.
      quorum: TABS,
    });
    const seconds = (performance.now() - began) / 1_000;
    return { sent: (await bulkBytesOut(opened)) - before, seconds };
  });
  return [
    {
      figure: `${TABS} tabs want the same ${INPUT_MIB} MiB: times that it left the coordinator`,
      value: sent / (INPUT_MIB * MIB),
      unit: '',
      target: { atMost: 2 },
      note: `By the bytes on its links, so about 1 % of it is framing; all had it and were done after ${seconds.toFixed(1)} s.`,
    },
  ];
}

async function bulkBytesOut({ ready }: BenchGrid): Promise<number> {
  const response = await fetch(new URL('/metrics', ready.url), {
    headers: { authorization: `Bearer ${ready.token}` },
  });
  const line = /^manytabs_link_bytes_total\{direction="out",lane="bulk"\} (\S+)$/m;
  return Number(line.exec(await response.text())?.[1] ?? 0);
}
