import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LIMITS } from '@manytabs/protocol';
import { SqliteKeyValue, SqliteStore } from '@manytabs/storage/node';
import type { Page } from 'playwright-core';
import type { FileRecord } from '../../../packages/sdk/src/host/files/file-record.ts';
import type { Bench } from '../../bench.ts';
import { BenchGrid } from '../../bench-grid.ts';
import type { Row } from '../../row.ts';
import { median } from '../../statistics.ts';
import { scrollTo, typeQuery } from '../console-table.ts';
import { writeNames } from './many-names.ts';

const FILES = 100_000;
const FOLDER = '/photos';
const LIST_MS_MAX = 120_000;

/** The console's page of a folder with a hundred thousand files. */
export async function filesPage(bench: Bench): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'manytabs-photos-'));
  await writeFolder(folder);
  const grid = await BenchGrid.start(bench.root, ['--data', folder]);
  try {
    return await measure(bench, grid);
  } finally {
    await grid.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeFolder(folder: string): Promise<void> {
  const store = new SqliteStore(join(folder, 'journal.db'));
  const keyValue = new SqliteKeyValue(store);
  await writeNames(keyValue, { folder: FOLDER, files: FILES, recordOf });
  await store.close();
}

function recordOf(n: number): FileRecord {
  const inline = Uint8Array.of(n & 255, n >> 8);
  return {
    ...{ kind: 'file', bytes: inline.length, contentType: 'image/jpeg', owner: 'owner' },
    ...{ at: Date.now(), durability: 'durable', replicas: 2, code: null },
    ...{ shardBytes: LIMITS.SHARD_BYTES, root: new Uint8Array(32), inline, ids: null, pages: null },
  };
}

async function measure(bench: Bench, grid: BenchGrid): Promise<Row[]> {
  const context = await (await bench.browser()).newContext();
  const page = await context.newPage();
  await page.goto(grid.ready.console);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const shown = await openFolder(page);
  const filter: number[] = [];
  const scroll: number[] = [];
  const select: number[] = [];
  for (let round = 0; round < 2 * bench.rounds; round++) {
    filter.push(
      await typeQuery(page, '.file-table', `00${round % 10}7`),
      await typeQuery(page, '.file-table', ''),
    );
    scroll.push(await scrollTo(page, '.file-table', (round + 1) * 150_000));
    select.push(await selectAll(page));
  }
  await context.close();
  const what = `console among ${FILES.toLocaleString('en')} files`;
  return [
    { figure: `${what}: first rows`, value: shown.first, unit: 'ms', target: { atMost: 1_000 } },
    { figure: `${what}: all listed`, value: shown.all / 1_000, unit: 's' },
    interaction(`${what}: a filter typed`, filter),
    interaction(`${what}: a scroll far down`, scroll),
    interaction(`${what}: all of them selected`, select),
  ];
}

function interaction(figure: string, samples: readonly number[]): Row {
  const longest = Math.max(...samples).toFixed(0);
  const note = `Until it is painted; the longest took ${longest} ms.`;
  return { figure, value: median(samples), unit: 'ms', target: { atMost: 100 }, samples, note };
}

async function openFolder(page: Page): Promise<{ first: number; all: number }> {
  const began = performance.now();
  await page.evaluate((folder) => {
    location.hash = `#/files${folder}`;
  }, FOLDER);
  await page.locator('.file-table .virtual-row').first().waitFor();
  const first = performance.now() - began;
  await page.waitForFunction(
    (rows) => document.querySelector(`.file-table[aria-rowcount="${rows}"]`) !== null,
    FILES + 1,
    { timeout: LIST_MS_MAX },
  );
  return { first, all: performance.now() - began };
}

function selectAll(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const box = document.querySelector<HTMLInputElement>('.files-list > label input');
    const row = () =>
      document.querySelector<HTMLInputElement>('.file-table .virtual-row input')?.checked;
    const before = row();
    const began = performance.now();
    box?.click();
    do await new Promise((frame) => requestAnimationFrame(frame));
    while (row() === before);
    await new Promise((frame) => requestAnimationFrame(frame));
    return performance.now() - began;
  });
}
