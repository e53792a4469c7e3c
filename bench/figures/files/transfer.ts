import type { Bench } from '../../bench.ts';
import { TabPair } from '../../ceiling/tab-pair.ts';
import type { Row } from '../../row.ts';
import { median } from '../../statistics.ts';
import { megabytesPerSecond, putOnTabs, withTabs } from './file-grid.ts';

const MIB = 64;
const TABS = 3;
const COPIES = 2;

interface Rates {
  readonly put: number[];
  readonly get: number[];
  readonly raw: number[];
  readonly httpPut: number[];
  readonly httpGet: number[];
}

/** Putting and getting over three tabs, in turn with a bare data channel between two tabs and with plain HTTP to one. */
export async function transfer(bench: Bench): Promise<readonly Row[]> {
  const rates = await measure(bench);
  const raw = median(rates.raw);
  const row = (figure: string, samples: readonly number[], http: readonly number[]): Row => ({
    ...{ figure, value: median(samples), unit: 'MB/s', target: { atLeast: raw / 2 }, samples },
    beside: { name: 'raw data channel', value: raw },
    note: `Plain HTTP between a tab and a server here: ${median(http).toFixed(0)} MB/s.`,
  });
  return [
    row(`put ${MIB} MiB, ${TABS} tabs, ${COPIES} copies`, rates.put, rates.httpPut),
    row(`get ${MIB} MiB, ${TABS} tabs`, rates.get, rates.httpGet),
  ];
}

function measure(bench: Bench): Promise<Rates> {
  return withTabs(bench, TABS, async ({ grid }, _, browser) => {
    const pair = await TabPair.open(browser);
    const rates: Rates = { put: [], get: [], raw: [], httpPut: [], httpGet: [] };
    const rounds = Math.min(3, bench.rounds);
    for (let round = 0; round < rounds; round++) {
      const path = `/bench/${round}`;
      rates.raw.push(await pair.megabytesPerSecond(MIB));
      rates.put.push(await megabytesPerSecond(MIB, () => putOnTabs(grid, path, MIB, COPIES)));
      rates.get.push(await megabytesPerSecond(MIB, () => grid.files.get(path)));
      const http = await pair.http(MIB);
      rates.httpPut.push(http.put);
      rates.httpGet.push(http.get);
    }
    await pair.close();
    return rates;
  });
}
