import { assert } from '@manytabs/protocol';
import type { Grid } from 'manytabs';
import type { Browser } from 'playwright-core';
import type { Bench } from '../../bench.ts';
import type { BenchGrid } from '../../bench-grid.ts';
import { TabPair } from '../../ceiling/tab-pair.ts';
import { RssWatch, rendererPids } from '../../process-memory.ts';
import type { Row } from '../../row.ts';
import { median } from '../../statistics.ts';
import { MIB, putOnTabs, withTabs } from './file-grid.ts';

const STREAM_MIB = 512;
const RANGE_BYTES = 64 * 1024;
const RANGES = 20;
const PATH = '/big';
const TARGET = { target: { atMost: 64 }, unit: 'MiB' };

/** A file too large to be held: put as a stream, read here and there, and streamed into a tab. */
export function streaming(bench: Bench): Promise<readonly Row[]> {
  return withTabs(bench, 2, async (opened, _, browser) => {
    const donors = await rendererPids(browser);
    const coordinator = await RssWatch.start([opened.ready.pid]);
    const holding = await RssWatch.start(donors);
    await putOnTabs(opened.grid, PATH, STREAM_MIB, 1);
    const put = { coordinator: coordinator.stop(), tab: holding.stop() };
    const first = await firstBytes(opened.grid);
    const trips = await roundTrips(browser);
    const get = await streamIntoTab(opened, browser);
    return [
      firstByteRow(first, median(trips)),
      memoryRow('put: coordinator', put.coordinator),
      memoryRow('put: each tab that stores', put.tab),
      memoryRow('get: coordinator', get.coordinator),
      memoryRow('get: the tab that reads', get.tab),
    ];
  });
}

function firstByteRow(samples: readonly number[], roundTripMs: number): Row {
  return {
    figure: `64 KiB out of ${STREAM_MIB} MiB on tabs, p50`,
    value: median(samples),
    unit: 'ms',
    target: { atMost: 50 + roundTripMs },
    beside: { name: 'round trip of a bare channel', value: roundTripMs },
    samples,
    note: 'Opened and read, from a program over the coordinator to the tab and back.',
  };
}

function memoryRow(who: string, mib: number): Row {
  const note = 'The most that the whole process grew, garbage too, as the system counts it.';
  return { figure: `memory while ${STREAM_MIB} MiB stream, ${who}`, value: mib, ...TARGET, note };
}

async function firstBytes(grid: Grid): Promise<number[]> {
  const spans: number[] = [];
  for (let i = 0; i < RANGES; i++) {
    const began = performance.now();
    const file = await grid.files.open(PATH);
    await file.read(i * Math.floor(file.bytes / RANGES), RANGE_BYTES);
    spans.push(performance.now() - began);
  }
  return spans;
}

async function roundTrips(browser: Browser): Promise<number[]> {
  const pair = await TabPair.open(browser);
  try {
    return await pair.roundTrips(RANGES, 64);
  } finally {
    await pair.close();
  }
}

/** A page that imports the package from the grid and reads the file as a stream. */
async function streamIntoTab({ ready }: BenchGrid, browser: Browser) {
  const others = new Set(await rendererPids(browser));
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(new URL('/safety.html', ready.url).href);
  await page.evaluate(connect, { token: ready.token });
  const own = (await rendererPids(browser)).filter((pid) => !others.has(pid));
  const tab = await RssWatch.start(own);
  const coordinator = await RssWatch.start([ready.pid]);
  const read = await page.evaluate(readStream, PATH);
  assert(read === STREAM_MIB * MIB, `${read} bytes were read`);
  await context.close();
  return { tab: tab.stop(), coordinator: coordinator.stop() };
}

declare global {
  interface Window {
    benchGrid: Grid;
  }
}

async function connect({ token }: { token: string }): Promise<void> {
  const path = '/sdk/manytabs.mjs';
  const { Grid: Client } = await import(path);
  window.benchGrid = await Client.connect(location.origin, { token });
}

async function readStream(path: string): Promise<number> {
  const file = await window.benchGrid.files.open(path);
  const reader = file.stream().getReader();
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes += value.length;
  }
}
