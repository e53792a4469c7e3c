import type { ResultsOptions, TaskResult } from 'manytabs';
import { expect, test } from 'vitest';
import { ResultPages } from './result-pages.ts';

/** A million results, which are made as they are read; how many were is counted. */
function million() {
  const reads = { rows: 0 };
  async function* read(after: ResultsOptions['after'] = 0): AsyncGenerator<TaskResult<unknown>> {
    for (let n = Number(after); n < 1_000_000; n++) {
      reads.rows++;
      const trust = { votes: 1 };
      const value = { status: 'fulfilled', state: 'final', value: n, trust } as const;
      yield { index: n, confidence: 0.95, cursor: n + 1, ...value };
    }
  }
  return { reads, read };
}

test('[UI234] of a million results only the page that is looked at is read', async () => {
  const { reads, read } = million();
  const pages = new ResultPages(read, 500);
  for (let n = 0; n < 5; n++) {
    const { rows, isFull } = await pages.page(n, 1_000_000);
    expect(rows.map(({ index }) => index)).toEqual(
      Array.from({ length: 500 }, (_, i) => n * 500 + i),
    );
    expect(isFull).toBe(true);
  }
  expect(reads.rows).toBe(2_500);
  expect((await pages.page(1, 1_000_000)).rows[0]?.index).toBe(500);
  expect((await pages.page(1, 1_000_000)).rows).toHaveLength(500);
  expect(reads.rows).toBe(3_000);
});

test('[UI234] the last page of a job that runs waits for nothing, and grows', async () => {
  const pages = new ResultPages(million().read, 500);
  expect((await pages.page(0, 0)).rows).toHaveLength(0);
  expect((await pages.page(0, 120)).rows).toHaveLength(120);
  const later = await pages.page(0, 130);
  expect(later.rows).toHaveLength(130);
  expect(later.isFull).toBe(false);
  expect((await pages.page(0, 500)).isFull).toBe(true);
});
