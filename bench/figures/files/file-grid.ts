import { randomBytes } from 'node:crypto';
import type { Grid } from 'manytabs';
import type { Browser, Page } from 'playwright-core';
import type { Bench } from '../../bench.ts';
import { BenchGrid } from '../../bench-grid.ts';

export const MIB = 1024 * 1024;

/** A grid of its own with so many tabs, and its end. */
export async function withTabs<T>(
  bench: Bench,
  tabs: number,
  work: (opened: BenchGrid, pages: readonly Page[], browser: Browser) => Promise<T>,
): Promise<T> {
  const browser = await bench.browser();
  const opened = await BenchGrid.start(bench.root);
  try {
    const pages: Page[] = [];
    for (let i = 0; i < tabs; i++) pages.push(await opened.join(browser));
    return await work(opened, pages, browser);
  } finally {
    await opened.close();
  }
}

/** Random bytes made as they are taken. */
export async function* randomPieces(mib: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < mib; i++) yield randomBytes(MIB);
}

export function putOnTabs(grid: Grid, path: string, mib: number, replicas: number) {
  return grid.files.put(path, randomPieces(mib), { durability: 'grid', replicas });
}

export async function megabytesPerSecond(
  mib: number,
  work: () => Promise<unknown>,
): Promise<number> {
  const began = performance.now();
  await work();
  return (mib * MIB) / 1_000 / (performance.now() - began);
}
