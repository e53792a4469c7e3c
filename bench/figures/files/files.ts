import { randomBytes } from 'node:crypto';
import type { FileStat, Grid } from 'manytabs';
import type { Browser, Page } from 'playwright-core';
import type { Bench } from '../../bench.ts';
import { BenchGrid } from '../../bench-grid.ts';
import type { Row } from '../../row.ts';
import { median } from '../../statistics.ts';
import { metadata } from './metadata.ts';

const MIB = 1024 * 1024;
const TRANSFER_MIB = 64;
/** Between two tabs on two cores a raw data channel carries 7 to 9 MB/s (research/webrtc.md). */
const RAW_MB_PER_SECOND = 8;
const BIG_MIB = 256;
const RANGE_BYTES = 64 * 1024;
const RANGES = 20;
const LOST_SHARDS = 64;

/** The grid's file system over real tabs: rates, first bytes, repair, and what streaming takes of memory. */
export async function files(bench: Bench): Promise<readonly Row[]> {
  const browser = await bench.browser();
  const rates = await transferRates(bench, browser);
  const ranges = await firstBytes(bench, browser);
  const repair = await repairTime(bench, browser);
  const atLeast = RAW_MB_PER_SECOND / 2;
  const beside = { name: 'raw data channel, two tabs', value: RAW_MB_PER_SECOND };
  const rate = (figure: string, samples: readonly number[]): Row => ({
    ...{ figure, value: median(samples), unit: 'MB/s', target: { atLeast }, beside, samples },
  });
  return [
    rate(`put ${TRANSFER_MIB} MiB, three tabs, two copies`, rates.put),
    rate(`get ${TRANSFER_MIB} MiB, three tabs`, rates.get),
    {
      figure: `64 KiB out of ${BIG_MIB} MiB on tabs, p50`,
      value: median(ranges.spans),
      unit: 'ms',
      target: { atMost: 50 },
      samples: ranges.spans,
    },
    {
      figure: `reader’s memory while ${BIG_MIB} MiB stream in`,
      value: ranges.memoryMib,
      unit: 'MiB',
      target: { atMost: 64 },
    },
    {
      figure: `${LOST_SHARDS} lost copies made again, four tabs`,
      value: repair,
      unit: 's',
      target: { atMost: 30 },
    },
    ...(await metadata(bench)),
  ];
}

async function openGrid(
  bench: Bench,
  browser: Browser,
  tabs: number,
): Promise<{ opened: BenchGrid; pages: Page[] }> {
  const opened = await BenchGrid.start(bench.root);
  const pages: Page[] = [];
  for (let i = 0; i < tabs; i++) pages.push(await opened.join(browser));
  return { opened, pages };
}

async function transferRates(bench: Bench, browser: Browser) {
  const { opened } = await openGrid(bench, browser, 3);
  const put: number[] = [];
  const get: number[] = [];
  try {
    const rounds = Math.min(2, bench.rounds);
    for (let round = 0; round < rounds; round++) {
      const bytes = randomBytes(TRANSFER_MIB * MIB);
      const path = `/bench/${round}`;
      put.push(
        await megabytesPerSecond(TRANSFER_MIB, () => putOnTabs(opened.grid, path, bytes, 2)),
      );
      get.push(await megabytesPerSecond(TRANSFER_MIB, () => opened.grid.files.get(path)));
      bench.say(`  put ${put.at(-1)?.toFixed(1)} MB/s, get ${get.at(-1)?.toFixed(1)} MB/s`);
    }
  } finally {
    await opened.close();
  }
  return { put, get };
}

function putOnTabs(grid: Grid, path: string, bytes: Uint8Array, replicas: number) {
  return grid.files.put(path, bytes, { durability: 'grid', replicas });
}

async function megabytesPerSecond(mib: number, work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (mib * MIB) / 1_000 / (performance.now() - began);
}

/** Reads far apart in a file that is on tabs only, then all of it as a stream. */
async function firstBytes(bench: Bench, browser: Browser) {
  const { opened } = await openGrid(bench, browser, 2);
  try {
    await putOnTabs(opened.grid, '/big', randomBytes(BIG_MIB * MIB), 1);
    const spans: number[] = [];
    for (let i = 0; i < RANGES; i++) {
      const began = performance.now();
      const file = await opened.grid.files.open('/big');
      await file.read(i * Math.floor(file.bytes / RANGES), RANGE_BYTES);
      spans.push(performance.now() - began);
    }
    return { spans, memoryMib: await memoryWhileStreaming(opened.grid) };
  } finally {
    await opened.close();
  }
}

async function memoryWhileStreaming(grid: Grid): Promise<number> {
  const file = await grid.files.open('/big');
  const used = () => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const before = used();
  let most = 0;
  for await (const _ of file.stream()) most = Math.max(most, used() - before);
  return most / MIB;
}

async function repairTime(bench: Bench, browser: Browser): Promise<number> {
  const { opened, pages } = await openGrid(bench, browser, 4);
  try {
    await putOnTabs(opened.grid, '/lost', randomBytes(2 * LOST_SHARDS * MIB), 2);
    await pages[0]?.goto('chrome://crash').catch(() => undefined);
    const isFull = async () => ((await opened.grid.files.stat('/lost')) as FileStat).missing === 0;
    while (await isFull()) await pause();
    const began = performance.now();
    while (!(await isFull())) await pause();
    return (performance.now() - began) / 1_000;
  } finally {
    await opened.close();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}
