import { createHash } from 'node:crypto';
import { SAMPLES, type Sample } from '@manytabs/samples';
import { Grid, type TaskResult } from 'manytabs';
import { expect, test } from './fixtures.ts';

// Each sample on real tabs, one of which lies, at tier `standard`: the picture is the known one, to the last bit. The
// bunny, which takes minutes this way, is held by the demo.

const FAST = SAMPLES.filter(({ id }) => id !== 'bunny');

test.describe.configure({ timeout: 240_000 });

for (const sample of FAST) {
  test(`[UI130] ${sample.title}: the known picture from three honest tabs and a liar`, async ({
    grid,
    openTab,
  }) => {
    for (let i = 0; i < 3; i++) await openTab();
    await openTab({ fault: 'wrong' });
    const { url, token } = grid.ready;
    const client = await Grid.connect(url, { token });
    const rows = await rowsOf(client, sample, url);
    await client.close();
    const failed = rows.filter(({ status }) => status === 'rejected');
    expect(failed).toEqual([]);
    const values = rows.flatMap((row) =>
      row.status === 'fulfilled' ? [{ index: row.index, value: row.value }] : [],
    );
    expect(hashOf(sample, values)).toBe(sample.sha256);
  });
}

async function rowsOf(grid: Grid, sample: Sample, url: string): Promise<TaskResult<unknown>[]> {
  const fetchAsset = async (name: string) => {
    const response = await fetch(new URL(`samples/${name}`, url));
    return new Uint8Array(await response.arrayBuffer());
  };
  const { job } = await sample.start(grid, fetchAsset, { trust: 'standard' });
  const rows: TaskResult<unknown>[] = [];
  for await (const row of grid.job(job.id).results()) rows.push(row);
  return rows;
}

function hashOf(sample: Sample, values: readonly { index: number; value: unknown }[]): string {
  const { rgba } = sample.assemble(values);
  return createHash('sha256').update(rgba).digest('hex');
}
