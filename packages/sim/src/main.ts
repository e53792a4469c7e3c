import { replay } from './replay.ts';
import { runScale } from './scale.ts';
import { runSeeds } from './seeds.ts';

/** `npm run sim`: SEED=n replays one world with its trace; `scale` measures; else the fixed seeds and 200 more. */
function main(args: readonly string[], seed: string | undefined): number {
  if (seed !== undefined) return replay(Number(seed));
  if (args[0] === 'scale') return runScale(args.slice(1));
  return runSeeds();
}

process.exitCode = main(process.argv.slice(2), process.env.SEED);
