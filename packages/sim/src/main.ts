import { replayFiles, runFiles } from './files/run-files.ts';
import { replay } from './replay.ts';
import { runScale } from './scale.ts';
import { runSeeds, SEEDS_DEFAULT } from './seeds.ts';
import { replayGroup, runGroups } from './servers/run-groups.ts';
import { runTrust } from './trust/table.ts';

const FILE_SEEDS_DEFAULT = 1_000;

/**
 * `npm run sim`: SEED=n replays one world with its trace, GROUP=n one of several servers; `files` runs the file system
 * against a model of it, FILES=n one seed of that; `scale` and `trust` measure; else
 * the fixed seeds and 200 more of both, or as many as the argument says.
 */
async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  if (env.SEED !== undefined) return replay(Number(env.SEED));
  if (env.GROUP !== undefined) return replayGroup(Number(env.GROUP));
  if (env.FILES !== undefined) return replayFiles(Number(env.FILES));
  if (args[0] === 'files') return runFiles(Number(args[1] ?? FILE_SEEDS_DEFAULT));
  if (args[0] === 'scale') return runScale(args.slice(1));
  if (args[0] === 'trust') return runTrust(args.slice(1));
  const seeds = Number(args[0] ?? SEEDS_DEFAULT);
  if (Number.isSafeInteger(seeds) && seeds > 0) {
    return Math.max(runSeeds(seeds), await runGroups(seeds));
  }
  console.error('npm run sim -- [COUNT | files [COUNT] | scale | trust [COUNT]]');
  return 2;
}

process.exitCode = await main(process.argv.slice(2), process.env);
