import { replay } from './replay.ts';
import { runScale } from './scale.ts';
import { runSeeds, SEEDS_DEFAULT } from './seeds.ts';
import { runTrust } from './trust/table.ts';

/**
 * `npm run sim`: SEED=n replays one world with its trace; `scale` and `trust` measure; else the fixed seeds and 200 more,
 * or as many as the argument says.
 */
function main(args: readonly string[], seed: string | undefined): number {
  if (seed !== undefined) return replay(Number(seed));
  if (args[0] === 'scale') return runScale(args.slice(1));
  if (args[0] === 'trust') return runTrust(args.slice(1));
  const seeds = Number(args[0] ?? SEEDS_DEFAULT);
  if (Number.isSafeInteger(seeds) && seeds > 0) return runSeeds(seeds);
  console.error('npm run sim -- [COUNT | scale | trust [COUNT]]');
  return 2;
}

process.exitCode = main(process.argv.slice(2), process.env.SEED);
