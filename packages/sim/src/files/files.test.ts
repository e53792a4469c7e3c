import { expect, test } from 'vitest';
import { reports } from './run-files.ts';

/** `npm run sim -- files` runs 1,000. */
const SEEDS = 24;

test('[FI17] [FI40] [FI41] no version is lost, mixed or half there, whatever dies in between and whoever leaves', async () => {
  for await (const { seed, problem } of reports(SEEDS)) {
    expect({ seed, problem }).toEqual({ seed, problem: undefined });
  }
}, 300_000);
