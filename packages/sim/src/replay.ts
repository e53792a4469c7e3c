import { runWorld } from './run.ts';

/** Prints everything that happens in the world of a seed. Exit code 1 if a rule is broken. */
export function replay(seed: number): number {
  const report = runWorld(seed, { print: (row) => console.log(row) });
  console.log(`${report.rows} rows, hash ${report.hash}`);
  return report.problem === undefined ? 0 : 1;
}
