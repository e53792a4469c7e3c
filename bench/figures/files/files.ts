import type { Bench } from '../../bench.ts';
import type { Row } from '../../row.ts';
import { metadata } from './metadata.ts';
import { repair } from './repair.ts';
import { spread } from './spread.ts';
import { stores } from './stores.ts';
import { streaming } from './streaming.ts';
import { transfer } from './transfer.ts';

const PARTS = { stores, transfer, streaming, spread, repair, metadata };

/** The grid's file system over real tabs: rates, first bytes, what spreads, repair, and what all of it takes of memory. */
export async function files(bench: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    bench.say(`files: ${name} …`);
    rows.push(...(await part(bench)));
  }
  return rows;
}
